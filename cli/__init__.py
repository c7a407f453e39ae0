"""The authoring and operating tool: the `insurehub` command."""
