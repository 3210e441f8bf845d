"""Accepts `Arguments` of a ResultWriter, as Step Functions does for JSONata. The grammar of LocalStack 4.14.0 knows `Parameters` only.

The definition is parsed with the field renamed; the visitor of the syntax tree then reads its value as the arguments of a JSONata state.
The stored definition stays as it was given.
"""

import json

from localstack.runtime import hooks


def rename_arguments(value):
    """The definition with `Parameters` for the `Arguments` of each ResultWriter."""
    if isinstance(value, list):
        return [rename_arguments(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: rename_in_writer(item) if key == "ResultWriter" else rename_arguments(item) for key, item in value.items()}


def rename_in_writer(writer):
    if not isinstance(writer, dict):
        return writer
    return {("Parameters" if key == "Arguments" else key): item for key, item in writer.items()}


def task_with(arguments) -> str:
    """A machine with one JSONata task that has these arguments."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, "End": True}
    return json.dumps({"QueryLanguage": "JSONata", "StartAt": "Task", "States": {"Task": task}})


@hooks.on_infra_start()
def accept_arguments() -> None:
    from localstack.services.stepfunctions.asl.component.common.query_language import QueryLanguageMode
    from localstack.services.stepfunctions.asl.component.state.state_execution.state_map.result_writer.result_writer_decl import (
        ResultWriter,
    )
    from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service.resource import Resource
    from localstack.services.stepfunctions.asl.parse.asl_parser import AmazonStateLanguageParser
    from localstack.services.stepfunctions.asl.parse.preprocessor import Preprocessor

    parse = AmazonStateLanguageParser.parse
    visit = Preprocessor.visitResult_writer_decl

    def parse_renamed(definition: str):
        try:
            text = json.dumps(rename_arguments(json.loads(definition)))
        except ValueError:
            # not JSON: the parser reports it
            text = definition
        return parse(text)

    def visit_writer(self: Preprocessor, context) -> ResultWriter:
        if self._get_current_query_language().query_language_mode != QueryLanguageMode.JSONata:
            return visit(self, context)
        writer = json.loads(f"{{{context.getText()}}}")["ResultWriter"]
        program, _ = parse(task_with(writer["Parameters"]))
        return ResultWriter(
            resource=Resource.from_resource_arn(writer["Resource"]),
            parargs=program.states.states["Task"].parargs,
        )

    AmazonStateLanguageParser.parse = staticmethod(parse_renamed)
    Preprocessor.visitResult_writer_decl = visit_writer
