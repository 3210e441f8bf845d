"""Evaluates JSONata with the package jsonata of npm, in the version of Step Functions, instead of a port to Java in a virtual machine."""

import threading

from localstack.runtime import hooks

from .node_process import receive, send, start_node


class NodeEvaluator:
    """One process evaluates all expressions, one after another; it is started with the first one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process = None

    def __call__(self, expression: str):
        from localstack.services.stepfunctions.asl.jsonata.jsonata import JSONataException

        with self.lock:
            if self.process is None or self.process.poll() is not None:
                self.process = start_node("evaluate.mjs")
            send(self.process, expression)
            answer = receive(self.process)
        if answer is None:
            raise JSONataException("UNKNOWN", "the process that evaluates JSONata ended")
        if "error" in answer:
            raise JSONataException("UNKNOWN", answer["error"])
        return answer["result"]


@hooks.on_infra_start()
def evaluate_in_node() -> None:
    from localstack.services.stepfunctions.asl.jsonata import jsonata

    jsonata._eval_jsonata = NodeEvaluator()
