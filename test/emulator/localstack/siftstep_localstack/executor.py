"""Runs Lambda functions as processes of this machine: one process of Node.js for each execution environment."""

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from subprocess import PIPE

from localstack import config
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from .node_process import receive, send, start_node


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    name = "process"

    def load(self, *args, **kwargs):
        return ProcessExecutor


class ProcessExecutor(RuntimeExecutor):
    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id, function_version)
        self.process = None
        self.scratch = None
        self.environment = {}
        self.console: list[str] = []

    def start(self, env_vars: dict[str, str]) -> None:
        runtime = self.function_version.config.runtime or ""
        if not runtime.startswith("nodejs"):
            raise StatusErrorException(
                "Unsupported runtime", payload=describe("Runtime.Unsupported", f"only nodejs runs here, not {runtime}")
            )
        self.scratch = tempfile.mkdtemp(prefix="siftstep-lambda-")
        self.environment = {name: str(value) for name, value in env_vars.items()} | {
            "PATH": os.environ["PATH"],
            "HOME": self.scratch,
            "TMPDIR": self.scratch,
            "TZ": "UTC",
            "LAMBDA_TASK_ROOT": self.code(),
            "NODE_PATH": os.pathsep.join(f"{layer}/nodejs/node_modules" for layer in self.layers()),
        }
        failure = self.launch()
        if failure is not None:
            raise StatusErrorException("The function could not be initialized", payload=failure)

    def code(self) -> str:
        return str(self.function_version.config.code.get_unzipped_code_location())

    def layers(self) -> Iterator[str]:
        """The folders of the layers. LocalStack unpacks them in its paid editions only."""
        for layer in self.function_version.config.layers or []:
            if layer.code is not None:
                layer.code.prepare_for_execution()
                yield str(layer.code.get_unzipped_code_location())

    def launch(self) -> bytes | None:
        """Starts the process and waits until the module of the function is loaded. Returns the error if that fails."""
        self.process = start_node("runtime.mjs", cwd=self.code(), env=self.environment, stderr=PIPE)
        threading.Thread(target=self.collect, args=(self.process.stderr,), daemon=True).start()
        answer = receive(self.process)
        if answer is None:
            return self.exit_error()
        return json.dumps(answer["error"]).encode() if "error" in answer else None

    def collect(self, stream) -> None:
        """Keeps what the function writes to the console; its answers come over the standard output."""
        for line in stream:
            self.console.append(line)

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        request, first_line = payload["invoke-id"], len(self.console)
        # Lambda replaces the environment of a function that died: the next invocation finds a new process
        failure = self.launch() if self.process.poll() is not None else None
        result = None
        if failure is None:
            result, failure = self.answer(request, payload)
        body = "".join(self.console[first_line:])
        return InvocationResult(
            request_id=request,
            payload=failure if failure is not None else result,
            is_error=failure is not None,
            logs=f"START RequestId: {request} Version: $LATEST\n{body}END RequestId: {request}\n",
        )

    def answer(self, request: str, payload: dict[str, str]) -> tuple[bytes | None, bytes | None]:
        """The result and the error of an invocation: one of the two is None."""
        seconds = self.function_version.config.timeout
        timed_out = threading.Event()

        def stop_at_timeout() -> None:
            timed_out.set()
            self.process.kill()

        timer = threading.Timer(seconds, stop_at_timeout)
        timer.start()
        try:
            send(
                self.process,
                {
                    "id": request,
                    "arn": payload["invoked-function-arn"],
                    "payload": payload["payload"],
                    "seconds": seconds,
                },
            )
            answer = receive(self.process)
        except BrokenPipeError:
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            self.process.wait()
        if answer is None and timed_out.is_set():
            message = f"RequestId: {request} Error: Task timed out after {seconds}.00 seconds"
            return None, describe("Sandbox.Timedout", message)
        if answer is None:
            return None, self.exit_error(f"RequestId: {request} ")
        if "error" in answer:
            return None, json.dumps(answer["error"]).encode()
        return answer["result"].encode(), None

    def exit_error(self, prefix: str = "") -> bytes:
        code = self.process.wait()
        how = f"signal: {-code}" if code < 0 else f"exit status {code}"
        return describe("Runtime.ExitError", f"{prefix}Error: Runtime exited with error: {how}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def get_address(self) -> str:
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    def get_logs(self) -> str:
        return "".join(self.console)

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        function_version.config.code.destroy_cached()


def describe(error: str, message: str) -> bytes:
    """An error as Lambda returns it."""
    return json.dumps({"errorType": error, "errorMessage": message}).encode()
