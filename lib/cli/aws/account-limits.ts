/** Limits of an account that a deployment would meet half way, looked at before it begins. */
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda'
import type { Definition } from '#language/definition/definition.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import { ask } from './ask.ts'
import type { Aws } from './clients.ts'

/** Concurrent executions that an account must keep for functions that reserve none. Source: Lambda developer guide, "Lambda quotas". */
const MUST_STAY = 100
/** Share of the storage for code above which a warning is printed. */
const NEARLY_FULL = 0.9

/** Pipelines that are deployed for the first time, of which each may reserve an execution for the function that starts its runs. */
export type NewPipelines = readonly Pick<Definition, 'id' | 'concurrency' | 'schedule' | 'triggers'>[]

/** Throws a UsageError if the account cannot take them. Prints a note if it may not be asked. */
export async function assertAccountLimits(aws: Aws, pipelines: NewPipelines, terminal: Terminal): Promise<void> {
  const limits = await ask('reading the limits of the account', aws.region, aws.functions.send(new GetAccountSettingsCommand({}))).catch(
    (error: unknown) => {
      if (!(error instanceof UsageError)) throw error
      terminal.err(`note: the limits of the account are unknown (${error.message})\n`)
      return undefined
    },
  )
  const { UnreservedConcurrentExecutions: free, TotalCodeSize: most = 0 } = limits?.AccountLimit ?? {}
  const reserving = pipelines.filter(
    ({ concurrency, schedule, triggers }) => concurrency.max_active_runs !== undefined && (schedule !== undefined || triggers.length > 0),
  )
  if (free !== undefined && reserving.length > 0 && free - reserving.length < MUST_STAY)
    throw new UsageError(
      `concurrency.max_active_runs of ${reserving.map(({ id }) => id).join(', ')} reserves ${reserving.length} of the concurrent executions of the account, which has ${free} left in ${aws.region} and must keep ${MUST_STAY}`,
      'ask for more under Service Quotas, "Concurrent executions" of AWS Lambda, or remove max_active_runs',
    )
  const used = limits?.AccountUsage?.TotalCodeSize ?? 0
  if (most > 0 && used > NEARLY_FULL * most)
    terminal.err(
      `${SYMBOLS.step.warning} the code of functions takes ${(used / 1e9).toFixed(1)} of ${(most / 1e9).toFixed(1)} GB in ${aws.region}: delete old versions of functions\n`,
    )
}
