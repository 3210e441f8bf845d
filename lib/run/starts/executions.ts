/** Executions of a machine on AWS Step Functions. */
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import type { Executions } from './start.ts'

/** `machine` is the ARN of the machine or of its alias; runs start with it. */
export function machineExecutions(client: Pick<SFNClient, 'send'>, machine: string): Executions {
  return {
    start: async (name, input) => {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn: machine, name, input: JSON.stringify(input) }))
        return 'started'
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return 'exists'
        throw error
      }
    },
    exists: async (name) => {
      try {
        await client.send(new DescribeExecutionCommand({ executionArn: executionArn(machine, name) }))
        return true
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return false
        throw error
      }
    },
    running: async (most) => {
      // all executions of the machine count, whatever alias started them
      const command = new ListExecutionsCommand({ stateMachineArn: withoutAlias(machine), statusFilter: 'RUNNING', maxResults: most })
      const { executions = [] } = await client.send(command)
      return executions.flatMap(({ name }) => name ?? [])
    },
  }
}

/** `arn:…:stateMachine:NAME[:ALIAS]` has seven parts, plus the alias. */
export const withoutAlias = (machine: string) => machine.split(':').slice(0, 7).join(':')

export const executionArn = (machine: string, name: string) => `${withoutAlias(machine).replace(':stateMachine:', ':execution:')}:${name}`
