"""Reads string literals of a definition as JSON. LocalStack 4.14.0 keeps their escapes: `"a\\nb"` becomes a text with a backslash."""

import json

from localstack.runtime import hooks


@hooks.on_infra_start()
def read_as_json() -> None:
    from localstack.services.stepfunctions.asl.parse.preprocessor import Preprocessor

    as_written = Preprocessor._inner_string_of

    def unescaped(parser_rule_context) -> str | None:
        inner = as_written(parser_rule_context)
        if inner is None or "\\" not in inner:
            return inner
        return json.loads(f'"{inner}"')

    Preprocessor._inner_string_of = staticmethod(unescaped)
