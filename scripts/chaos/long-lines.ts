/** Sources with a line that is far too long for a record: the memory of a run does not grow with it. */
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { measure } from '../../bench/processes.ts'
import { runsIn } from '../../test/kit/cli.ts'
import { assertBalanced, assertClearError, assertWhole, ledgerOf } from './books.ts'
import { assert, type Disturbance } from './disturbance.ts'

/** The most that the processes of such a run may have in memory together: twice what a run of any size takes. */
const MAX_MEMORY = 600_000_000

/** How a source with a long line lies around it: the line is one of `rows` records. */
interface Shape {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly rows: number
}

const SHAPES: readonly Shape[] = [
  { name: 'plain.csv', before: 'id,name,amount\n1,ana,2.5\n2,', after: ',3.5\n3,dora,5.5\n', rows: 3 },
  { name: 'quoted.csv', before: 'id,name,amount\n1,ana,2.5\n2,"', after: '",3.5\n3,dora,5.5\n', rows: 3 },
  { name: 'open.csv', before: 'id,name,amount\n1,ana,2.5\n2,"', after: ',3.5\n3,dora,5.5\n', rows: 3 },
  { name: 'first.csv', before: '', after: '\n1,ana,2.5\n2,ben,3.5\n', rows: 3 },
  { name: 'only.csv', before: '', after: '', rows: 1 },
  { name: 'pairs.txt', before: 'id||name||amount\n1||ana||2.5\n2||', after: '||3.5\n3||dora||5.5\n', rows: 3 },
  { name: 'mixed.csv', before: 'id,name,amount\r\n1,ana,2.5\n2,', after: ',3.5\r\n3,dora,5.5\n', rows: 3 },
  { name: 'rows.ndjson', before: '{"id":1,"name":"ana"}\n{"id":2,"name":"', after: '"}\n{"id":3,"v":0.1234567890123456789}\n', rows: 3 },
  { name: 'list.json', before: '[{"id":1,"name":"ana"},\n{"id":2,"name":"', after: '"},\n{"id":3,"name":"dora"}]\n', rows: 3 },
]

const DEFINITION = `version: 1
id: long_line
steps:
  - {id: find, type: discover, with: {source: "in/*"}}
  - {id: publish, type: export, with: {to: out, format: csv}}
`

/** Lines of so many bytes. */
export const longLinesOf = (bytes: number): Disturbance => ({
  name: 'long-lines',
  title: `A line of ${bytes.toLocaleString('en')} bytes in delimited text or JSON`,
  holds: `a bad record with its reason, the others read, at most ${MAX_MEMORY / 1e6} MB of memory`,
  cases: { usual: SHAPES.length, short: 1 },
  inProcess: false,
  open: async (folder) => ({
    one: async (number) => {
      const shape = SHAPES[number % SHAPES.length] as Shape
      const cwd = join(folder, String(number))
      try {
        return `${shape.name}: ${await peakOf(shape, bytes, cwd)} MB`
      } finally {
        rmSync(cwd, { recursive: true, force: true })
      }
    },
  }),
})

export const longLines = longLinesOf(1_000_000_000)

async function peakOf({ name, before, after, rows }: Shape, bytes: number, cwd: string): Promise<number> {
  mkdirSync(join(cwd, 'in'), { recursive: true })
  writeFileSync(join(cwd, 'pipeline.yaml'), DEFINITION)
  writeLine(join(cwd, 'in', name), before, bytes, after)
  const program = resolve(import.meta.dirname, '../../bin/siftstep.js')
  const { code, memory, stdout, stderr } = await measure(process.execPath, [program, 'run', 'pipeline.yaml'], { cwd })
  assertClearError({ code, signal: null, out: stdout, err: stdout + stderr })
  assert(code === 4, `${name}: ended with code ${code}: ${stdout}${stderr}`)
  assert(stdout.includes('bytes that a record may have'), `${name}: does not say why: ${stdout}`)
  const ledger = ledgerOf(cwd, runsIn(cwd)[0] ?? '')
  assertBalanced(ledger)
  assert(ledger.rows.in === rows && ledger.rows.quarantined === 1, `${name}: the rows are ${JSON.stringify(ledger.rows)}`)
  assertWhole(join(cwd, 'out'))
  assert(memory === null || memory <= MAX_MEMORY, `${name}: ${memory} bytes of memory`)
  return Math.round((memory ?? 0) / 1e6)
}

function writeLine(path: string, before: string, bytes: number, after: string): void {
  const file = openSync(path, 'w')
  writeSync(file, before)
  const block = Buffer.alloc(1_000_000, 'x')
  for (let left = bytes; left > 0; left -= block.length) writeSync(file, block, 0, Math.min(left, block.length))
  writeSync(file, after)
  closeSync(file)
}
