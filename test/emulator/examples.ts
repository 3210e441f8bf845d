/** The examples as they run on AWS: what each reads and writes lies in a bucket, below the name of the example, as it lies in its folder here. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXAMPLES_FOLDER } from '../kit/example-copy.ts'
import type { Ability, Limits } from './emulator.ts'

export interface AwsExample {
  /** The folder of the example. */
  readonly name: string
  /** Inputs that a start gives, each with what follows `s3://BUCKET/NAME/`; the others have their defaults. */
  readonly inputs: { readonly [name: string]: string }
  /** Texts of the definition that are addresses in its folder, each with what follows `s3://BUCKET/NAME/` on AWS. */
  readonly addresses: { readonly [text: string]: string }
  /** What its machine needs; where an emulator lacks it, our engine runs the deployed machine with the deployed functions. */
  readonly needs?: Ability
  /** Lines of the definition that are left out where an emulator lacks this. */
  readonly without?: { readonly ability: Ability; readonly line: string }
  /** Files whose bytes hold the moment of their run; of them only the name is compared. */
  readonly timed?: RegExp
  /** What AWS does not have: the example cannot be deployed, and the error says this. */
  readonly refused?: RegExp
}

/** An example whose inputs are addresses. */
const byInputs = (name: string, inputs: AwsExample['inputs'], more: Partial<AwsExample> = {}): AwsExample => ({
  name,
  inputs,
  addresses: {},
  ...more,
})

/** An example whose definition holds its addresses. */
const byText = (name: string, addresses: AwsExample['addresses'], more: Partial<AwsExample> = {}): AwsExample => ({
  name,
  inputs: {},
  addresses,
  ...more,
})

const METRICS = { ability: 'metric math', line: '  max_error_rate: 10%\n' } as const

export const AWS_EXAMPLES: readonly AwsExample[] = [
  byInputs('bank-statement', { source: 'input/statement.csv', to: 'processed/statement' }),
  byInputs('customer-orders', { source: 'input', output_path: 'processed/orders' }, { needs: 'variables of parallel states' }),
  byText('daily-sales', { 'input: input,': 'input', 'processed: processed,': 'processed', 'archive: archive}': 'archive' }),
  byInputs('data-processing', { source: 'input/*.csv', output_path: 'processed/sales' }),
  byInputs('energy-by-month', { source: 'input/readings.parquet', to: 'processed/energy' }),
  byText(
    'files-as-they-arrive',
    { 'input: input,': 'input', 'processed: processed,': 'processed', 'archive: archive}': 'archive' },
    { timed: /^processed\// },
  ),
  byInputs('latest-orders', { orders: 'input/orders.csv', customers: 'input/customers.csv', to: 'processed/segments' }),
  byInputs('orders-and-customers', { orders: 'input/orders.csv', customers: 'input/customers.csv', to: 'processed/revenue' }),
  byText('own-step', { '"input/*.csv"': 'input/*.csv', 'to: payments,': 'payments' }),
  byInputs('page-views', { source: 'input/*.ndjson', to: 'processed/views' }),
  byText(
    'reports-in-stages',
    {
      'path: input/weather.csv,': 'input/weather.csv',
      'source: input/sales.csv,': 'input/sales.csv',
      'source: input/visits.csv,': 'input/visits.csv',
      'output: processed': 'processed',
    },
    { timed: /\.txt$/, needs: 'variables of parallel states' },
  ),
  byText(
    'stock-uploads',
    { 'default: ["input/*.csv"],': 'input/*.csv', 'default: processed/stock,': 'processed/stock' },
    { without: METRICS },
  ),
  byText(
    'warehouse',
    { 'raw: raw,': 'raw', 'transformed: transformed,': 'transformed' },
    { refused: /`load` writes sqlite:\/\/warehouse\.db.*a function on AWS has none/ },
  ),
  byInputs('weather-stations', { source: 'input/*.csv', to: 'processed/weather' }, { needs: 'variables of parallel states' }),
]

const address = (bucket: string, name: string, path: string) => `s3://${bucket}/${name}/${path}`

/** The inputs of a run there. */
export const inputsOnAws = ({ name, inputs }: AwsExample, bucket: string): { readonly [input: string]: string } =>
  Object.fromEntries(Object.entries(inputs).map(([input, path]) => [input, address(bucket, name, path)]))

/** The definition with its addresses in the bucket. Throws for an address that it does not hold. */
export function definitionOnAws({ name, addresses, without }: AwsExample, bucket: string, limits: Limits): string {
  let text = readFileSync(join(EXAMPLES_FOLDER, name, 'pipeline.yaml'), 'utf8')
  if (without !== undefined && limits[without.ability] !== undefined) text = text.replace(without.line, '')
  for (const [here, path] of Object.entries(addresses)) {
    const [, before = '', after = ''] = /^(\w+: \[?|)"?.*?"?(\]?[,}]?)$/.exec(here) ?? []
    if (!text.includes(here)) throw new Error(`the definition of ${name} does not hold ${here}`)
    text = text.replace(here, `${before}"${address(bucket, name, path)}"${after}`)
  }
  return text
}

/** What belongs to the example and is neither read nor written by a run. */
export const isOwn = (path: string) => /^(\.siftstep\/|pipeline\.yaml$|README\.md$|steps\/)/.test(path)
