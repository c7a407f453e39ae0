"""The reasons of a runner in Chinese. They are made in English, where they arise, and stand so in the verdict file."""

import re

_WORDS = {
    "an object": "对象", "a list": "列表", "a text": "文本", "a number": "数字", "true or false": "布尔值",
    "null": "空值",
    "an amount with two decimals": "两位小数的金额", "a date yyyy-MM-dd": "日期 yyyy-MM-dd",
    "a time yyyy-MM-dd HH:mm:ss": "时间 yyyy-MM-dd HH:mm:ss", "a time yyyyMMddHHmmss": "时间 yyyyMMddHHmmss",
    "an instant with an offset": "带时区的时刻", "callback": "通知", "reply": "应答", "the reply": "应答",
}  # fmt: skip
_SENTENCES = (
    (r"within (\d+) s it never came true that (.*)", "在 {0} 秒内始终未成立：{1}"),
    (r"it does not hold that (.*)", "不成立：{0}"),
    (r"no such callback within (\d+) s", "{0} 秒内没有收到这样的通知"),
    (r"a callback came that was not to come", "收到了不应出现的通知"),
    (r"needs a place for callbacks: (--callback-listen), registered with the carrier",
     "需要接收通知的地址：用 {0} 给出，并在保险公司登记"),
    (r"this kit does not say how callbacks are read", "本测试包没有说明如何读取通知"),
    (r"needs the setting '(.*)'", "需要设置项“{0}”"),
    (r"needs a wait of (\d+) s; allow it with --patience \d+", "需要等待 {0} 秒；可用 --patience {0} 允许"),
    (r"needs the package (\w+): (.*)", "需要软件包 {0}：{1}"),
    (r"no (reply|callback) came that it could be checked on", "没有可供检查的{0}"),
    (r"the test checked nothing", "该测试没有检查任何内容"),
    (r"TookTooLong: the test computed for more than (.*) s", "该测试的计算超过 {0} 秒"),
    (r"a run makes at most (.*) steps", "一次运行最多 {0} 步"),
    (r"(.*): a run sends at most (\d+) requests", "{0}：一次运行最多发送 {1} 个请求"),
    (r"(.*): (.*) is not on the list of allowed hosts: (--allow-host .*)", "{0}：{1} 不在允许的主机之列：{2}"),
    (r"(.*): no whole reply: the reply is longer than (\d+) bytes", "{0}：没有完整的应答：应答超过 {1} 字节"),
    (r"(.*): no whole reply: the reply took longer than (\d+) s", "{0}：没有完整的应答：应答超过 {1} 秒"),
    (r"(.*): no whole reply: (\d+) bytes of it are missing", "{0}：没有完整的应答：缺少 {1} 字节"),
    (r"(.*): no whole reply: (.*)", "{0}：没有完整的应答：{1}"),
    (r"the reply cannot be read as the test wants: (.*)", "无法按测试的要求读取应答：{0}"),
    (r"(.*) is (.*), the document's sample has (.*)", "{0} 是{1}，文档样例中是{2}"),
    (r"(.*) is not there, the document's sample has it", "缺少 {0}，文档样例中有"),
    (r"(.*) is an empty list, the document's sample has items", "{0} 是空列表，文档样例中有内容"),
    (r"(.*) is (['\"].*), not (an? .*)", "{0} 为 {1}，不是{2}"),
    (r"(.*): (.*) beside (.*)", "{0}：两边分别为 {1} 与 {2}"),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), wanted) for pattern, wanted in _SENTENCES)


def said(reason: str, language: str) -> str:
    """A reason in the language of a page; an expression, and what another system said, stay as they are."""
    if language != "zh":
        return reason
    for pattern, wanted in _PATTERNS:
        if found := pattern.fullmatch(reason):
            return wanted.format(*(_WORDS.get(each, each) for each in found.groups()))
    return reason
