/** siftstep connectors: what the registries of connectors, formats, compressions, writers and channels hold. */
import { CONNECTORS } from '#io/connectors/index.ts'
import { COMPRESSIONS, FORMATS } from '#io/formats/index.ts'
import { WRITERS } from '#io/formats/writers/index.ts'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { columnsOf } from '#cli/terminal/table.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export async function listConnectors(args: Args, terminal: Terminal): Promise<number> {
  const connectors = CONNECTORS.map(({ scheme, summary, forms, target, connection }) => ({
    name: scheme,
    summary,
    addresses: Object.keys(forms),
    reads: true,
    modes: target?.modes ?? [],
    connection: connection !== undefined,
  }))
  const formats = FORMATS.map(({ name, summary, extensions }) => ({
    name,
    summary,
    extensions,
    reads: true,
    writes: WRITERS.some((writer) => writer.name === name),
  }))
  const compressions = COMPRESSIONS.map(({ name, extensions }) => ({ name, extensions }))
  if (args.has('json')) {
    terminal.out(`${JSON.stringify({ connectors, formats, compressions }, null, 2)}\n`)
    return EXIT.ok
  }
  const parts = [
    columnsOf(
      ['connector', 'read', 'publish', 'addresses'],
      connectors.map(({ name, modes, addresses }) => [name, 'yes', modes.length === 0 ? 'no' : modes.join(', '), addresses.join('  ')]),
    ),
    columnsOf(
      ['format', 'read', 'write', 'extensions', ''],
      formats.map(({ name, writes, extensions, summary }) => [name, 'yes', writes ? 'yes' : 'no', extensions.join(' '), summary]),
    ),
    columnsOf(
      ['compression', 'extensions'],
      compressions.map(({ name, extensions }) => [name, extensions.join(' ')]),
    ),
  ]
  terminal.out(`${parts.join('\n')}\nAll are part of the program: none needs a package of its own.\n`)
  return EXIT.ok
}
