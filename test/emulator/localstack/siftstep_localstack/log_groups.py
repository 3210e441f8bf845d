"""Writes the log lines of a function to the log group of its logging configuration, which LocalStack stores and ignores."""

from localstack.runtime import hooks


@hooks.on_infra_start()
def write_to_configured_log_group() -> None:
    from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment

    default = ExecutionEnvironment.get_log_group_name

    def log_group(self: ExecutionEnvironment) -> str:
        settings = self.function_version.config.logging_config or {}
        return settings.get("LogGroup") or default(self)

    ExecutionEnvironment.get_log_group_name = log_group
