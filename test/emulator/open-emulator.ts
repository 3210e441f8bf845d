/** The emulator that a script was asked for: one of those that can be started here, or the one at AWS_ENDPOINT_URL. */
import { type Emulator, environmentFor, health, type Missing, startEmulator } from './emulator.ts'
import { localStack } from './localstack.ts'
import { miniStack } from './ministack.ts'

/** The first is the default. */
const KINDS = [miniStack, localStack]

/** `kind` is the argument of the script. An emulator at AWS_ENDPOINT_URL is used as it is. */
export async function openEmulator(kind: string | undefined, port = 0): Promise<Emulator | Missing> {
  const found = KINDS.find((one) => one.kind === (kind ?? KINDS[0]?.kind))
  if (found === undefined) throw new Error(`unknown emulator ${kind}; use ${KINDS.map((one) => one.kind).join(' or ')}`)
  const url = process.env['AWS_ENDPOINT_URL'] ?? ''
  if (url === '') return startEmulator(found, port)
  // only LocalStack says which edition it is
  const { edition, version } = (await health(url)) ?? {}
  const isLocalStack = edition !== undefined
  return {
    name: isLocalStack ? `LocalStack ${version} at ${url}` : url,
    limits: isLocalStack ? localStack.limits : found.limits,
    env: environmentFor(url),
    stop: async () => {},
  }
}
