/** Metrics as text, version 0.0.4 of the format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats. Pure. */

export interface Family {
  /** Letters, digits and underscores. */
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly samples: readonly Sample[]
}

export interface Sample {
  readonly labels?: { readonly [name: string]: string }
  readonly value: number
}

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** A family without samples still has its HELP and TYPE. The name of each family must occur once. */
export const exposition = (families: readonly Family[]): string =>
  families
    .map(({ name, type, help, samples }) =>
      [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...samples.map((sample) => lineOf(name, sample))]
        .map((line) => `${line}\n`)
        .join(''),
    )
    .join('')

function lineOf(name: string, { labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberOf(value)}`
}

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')

const numberOf = (value: number) => (Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf')
