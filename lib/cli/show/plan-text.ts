/** The estimate of a run on AWS, as text. */
import type { Estimate, Limit } from '#aws/cost/estimate.ts'
import type { SimulatedDataset } from '#aws/cost/sized-dataset.ts'
import type { Definition } from '#language/definition/definition.ts'
import { scheduleText } from '#run/starts/schedule-text.ts'
import { bytes, compact, count, seconds } from '#core/text/numbers.ts'

export function planText(definition: Definition, estimate: Estimate, notes: readonly string[]): string {
  const { run, month, memory, processor, prices, limits, datasets } = estimate
  const sections: (readonly [title: string, lines: readonly string[]])[] = [
    ['Data', datasets.flatMap((dataset) => datasetLines(dataset, definition))],
    ['Functions', [`${memory.data === 0 ? '' : `${memory.data} MB for tasks on rows, `}${memory.control} MB for the others, ${processor}`]],
    [
      'One run',
      table([
        [`${count(run.transitions, 'state transition')}`, dollars(run.dollars.transitions)],
        [`Lambda ${amount(run.gigabyte_seconds)} GB-seconds in ${count(run.tasks, 'task')}`, dollars(run.dollars.lambda)],
        [`S3 ${count(run.gets, 'read')} and ${count(run.puts, 'write')}`, dollars(run.dollars.requests)],
        [`together, in about ${seconds(run.seconds)}`, dollars(run.dollars.total)],
      ]),
    ],
    ['A month', monthLines(definition, estimate)],
    [
      'At rest',
      [`${dollars(month.idle)} a month: ${count(month.alarms, 'alarm')}${month.polling > 0 ? ', and the queue that starts runs' : ''}`],
    ],
    ['Limits', limits.map(limitLine)],
  ]
  const width = Math.max(...sections.map(([title]) => title.length)) + 2
  const body = sections.flatMap(([title, lines]) => lines.map((line, at) => `${(at === 0 ? title : '').padEnd(width)}${line}`))
  const head = `${definition.name} on AWS: estimate for ${prices.region} with the prices of ${prices.of}`
  return `${[head, '', ...body, ...notes.map((note) => `note: ${note}`)].join('\n')}\n`
}

function datasetLines(
  { step, sources, bytes: size, records, chunks, batches, workers, distributed }: SimulatedDataset,
  { resources }: Definition,
): readonly string[] {
  const at = resources.tiers.findIndex(({ max_bytes }) => max_bytes === undefined || size < max_bytes)
  const how = distributed ? 'distributed (child executions)' : 'inside the run'
  return [
    `${step}: ${count(sources, 'file')}, ${bytes(size)}, ${compact(records)} rows: tier ${at + 1} of ${resources.tiers.length}`,
    `${count(chunks, 'chunk')} in ${count(batches, 'batch', 'batches')}, ${workers} at a time, ${how}`,
  ]
}

function monthLines({ schedule }: Definition, { run, month }: Estimate): readonly string[] {
  if (schedule === undefined || month.runs === null || month.dollars === null) return ['no schedule: cost depends on the number of runs']
  return [
    `${amount(month.runs)} runs (${scheduleText(schedule)}): ${dollars(month.runs * run.dollars.total)}, metrics ${dollars(month.metrics)}, at rest ${dollars(month.idle)}`,
    `${dollars(month.dollars)} in all`,
  ]
}

const WORDS: { readonly [Unit in Limit['unit']]: (value: number) => string } = {
  events: (value) => count(value, 'event'),
  bytes: binary,
  seconds: (value) => seconds(value),
  tasks: (value) => String(value),
}

/** Limits of AWS are powers of two. */
function binary(value: number): string {
  const power = Math.floor(Math.log2(value) / 10)
  return `${value / 2 ** (10 * power)} ${['bytes', 'KiB', 'MiB', 'GiB'][power]}`
}

/** From this share on, a limit is reported as near. */
const NEAR = 0.8

function limitLine({ what, used, of, unit, fix }: Limit): string {
  const share = used / of
  const shown = share < 0.01 ? '<1%' : `${Math.round(share * 100)}%`
  const line = `${what}: ${shown} of ${WORDS[unit](of)}`
  if (share < NEAR) return line
  return `${line}: ${share > 1 ? 'too much' : 'near'}; ${fix}`
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const left = Math.max(...rows.map(([first]) => first.length))
  const right = Math.max(...rows.map(([, second]) => second.length))
  return rows.map(([first, second]) => `${first.padEnd(left)}  ${second.padStart(right)}`)
}

/** Three significant digits. */
export const amount = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString())

/** `$0.0042`, `$0.13`, `$12.40`: two significant digits, and whole cents from ten cents on. */
export function dollars(value: number): string {
  if (value === 0) return '$0'
  if (value >= 0.095) return `$${value.toFixed(2)}`
  const digits = Math.min(8, 1 - Math.floor(Math.log10(value)))
  return `$${value.toFixed(digits)}`
}
