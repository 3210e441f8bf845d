/** Our engine runs the machine as it stands deployed: its definition comes from DescribeStateMachine, its tasks run as the deployed functions, its objects lie in the deployed bucket. */
import { systemClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Execution } from '#asl/engine/world.ts'
import type { Machine } from '#asl/machine/asl.ts'
import type { Services } from './services.ts'
import type { Json } from '#core/json.ts'

/** Tells `onEvent` of each event, those of child executions too. */
export async function runDeployed(
  services: Services,
  definition: string,
  run: string,
  input: Json,
  onEvent: (event: HistoryEvent) => void,
): Promise<Execution> {
  const machine = JSON.parse(definition) as Machine
  return execute(machine, input, {
    invoke: async ({ functionName, payload }) => {
      const { error, answer } = await services.invoke(functionName, payload)
      if (!error) return answer as Json
      const { errorType, errorMessage } = answer as { errorType: string; errorMessage: string }
      throw Object.assign(new Error(errorMessage), { name: errorType })
    },
    objects: {
      get: (bucket, key) => services.get(bucket, key),
      put: async (bucket, key, bytes) => {
        await services.put(bucket, key, bytes)
      },
    },
    clock: systemClock,
    random: Math.random,
    execution: {
      id: `arn:aws:states:us-east-1:000000000000:execution:story:${run}`,
      name: run,
      startTime: new Date(),
      roleArn: 'arn:aws:iam::000000000000:role/story',
    },
    stateMachine: { id: 'story', name: 'story' },
    onEvent,
  })
}
