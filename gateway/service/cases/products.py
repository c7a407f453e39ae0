"""Products as callers see them."""

from typing import Any

import msgspec

from gateway.catalogue.products import Product


def product_view(product: Product) -> dict[str, Any]:
    """A product without its channels: what is sold, to whom, on which terms."""
    return {
        "product": f"{product.code}@{product.version}",
        "name": product.name,
        "lob": product.lob,
        "kind": product.kind,
        "plans": {name: {"coverages": msgspec.to_builtins(plan.coverages)} for name, plan in product.plans.items()},
        "period": msgspec.to_builtins(product.period),
        "free_look": msgspec.to_builtins(product.free_look),
        "schema": f"/v1/products/{product.code}@{product.version}/schema",
    }


def product_form(product: Product) -> Any:
    """The JSON Schema of what the product asks beside the proposal itself."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **product.form}
