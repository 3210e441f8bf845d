/** What Lambda says of a deployed function. */
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { ask, isMissing } from './ask.ts'
import type { Aws } from './clients.ts'

export interface DeployedFunction {
  /** SHA-256 of its package in base64. */
  readonly code: string
  readonly role: string
  readonly layers: readonly string[]
  readonly memory: number
  readonly timeout: number
}

/** A function by its name or by the ARN of a version; undefined if it does not exist. */
export async function describeFunction(aws: Aws, function_: string): Promise<DeployedFunction | undefined> {
  const sent = aws.functions.send(new GetFunctionConfigurationCommand({ FunctionName: function_ })).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  const found = await ask(`reading the function ${function_}`, aws.region, sent)
  if (found === undefined) return undefined
  return {
    code: found.CodeSha256 ?? '',
    role: found.Role ?? '',
    layers: (found.Layers ?? []).map(({ Arn = '' }) => Arn),
    memory: found.MemorySize ?? 0,
    timeout: found.Timeout ?? 0,
  }
}
