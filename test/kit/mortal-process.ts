/**
 * A process that publishes once, and kills itself before one of its effects: a call that changes files, a statement, a write to the network.
 * `node mortal-process.js <settings as JSON>`. It prints the name of each effect, and exits with 0 when all is done.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import { connectorOf, targetAt } from '#io/connectors/index.ts'
import { type Edition, fileOf, outputOf, type Row } from './edition.ts'
import { countEffects, effect } from './mortal-effects.ts'

export interface MortalSettings extends Edition {
  readonly uri: string
  /** Whether the address is that of one file. */
  readonly one_file: boolean
  /** The effect it does not survive, from 1; 0: none. */
  readonly dies_at: number
}

const settings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as MortalSettings
type Call = (...args: unknown[]) => unknown
const promises = files as unknown as { [name: string]: Call }
for (const name of ['rename', 'writeFile', 'copyFile', 'rm', 'rmdir', 'mkdir', 'mkdtemp', 'link', 'unlink', 'appendFile', 'truncate']) {
  const real = promises[name] as Call
  promises[name] = (...args) => {
    effect(name, halfOf(name, args))
    return real(...args)
  }
}
syncBuiltinESMExports()

/** A write that was cut off leaves the first half of its bytes. */
function halfOf(name: string, [from, to]: readonly unknown[]): (() => void) | undefined {
  const halved = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)
  if (name === 'writeFile') return () => writeFileSync(from as string, halved(Buffer.from(to as string)), { flag: 'wx' })
  if (name !== 'copyFile') return undefined
  return () => {
    copyFileSync(from as string, to as string)
    writeFileSync(to as string, halved(readFileSync(from as string)))
  }
}

const write = Socket.prototype.write as Call
Socket.prototype.write = function (this: Socket, ...args: unknown[]) {
  effect(`send ${String(args[0]).slice(0, 40).split('\r\n', 1)}`)
  return write.apply(this, args) as boolean
} as Socket['write']

const target = await targetAt(settings.uri, undefined)
const output = outputOf(settings)
const connector = await connectorOf(settings.uri, undefined)
countEffects(settings.dies_at)
if (!settings.one_file) await target.publish(settings.uri, output)
else if (connector.holds === 'files') await connector.writeFile(settings.uri, fileOf(settings.rows[0] as Row, 0, settings))
