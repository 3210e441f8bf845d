/** Reads metrics for Prometheus as strictly as `promtool check metrics`: it throws where the text breaks a rule of the format. */

export interface ReadFamily {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly { readonly labels: { readonly [name: string]: string }; readonly value: number }[]
}

const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped']

export function readExposition(text: string): readonly ReadFamily[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families: (Omit<ReadFamily, 'samples'> & { samples: ReadFamily['samples'][number][] })[] = []
  let help: { name: string; text: string } | undefined
  const series = new Set<string>()
  for (const line of text.split('\n').slice(0, -1)) {
    const last = families.at(-1)
    const [, keyword, about = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(line) ?? []
    if (keyword === 'HELP') {
      if (help !== undefined) throw new Error(`HELP of ${help.name} has no TYPE`)
      if (families.some(({ name }) => name === about)) throw new Error(`${about} occurs twice`)
      help = { name: about, text: unescaped(rest, /^(?:[^\\\n]|\\\\|\\n)*$/) }
    } else if (keyword === 'TYPE') {
      if (help?.name !== about) throw new Error(`TYPE of ${about} does not follow its HELP`)
      if (!TYPES.includes(rest)) throw new Error(`unknown type ${rest}`)
      families.push({ name: about, type: rest, help: help.text, samples: [] })
      help = undefined
    } else {
      const [, name, labels = '', value = ''] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s.exec(line) ?? []
      if (name === undefined || last === undefined || name !== last.name) throw new Error(`no sample of ${last?.name}: ${line}`)
      if (!/^([+-]?\d+(\.\d+)?(e[+-]?\d+)?|NaN|[+-]Inf)$/.test(value)) throw new Error(`no value: ${line}`)
      const read = { labels: labelsIn(labels), value: Number(value.replace('Inf', 'Infinity')) }
      const key = `${name} ${JSON.stringify(Object.entries(read.labels).sort())}`
      if (series.has(key)) throw new Error(`a series occurs twice: ${line}`)
      series.add(key)
      last.samples.push(read)
    }
  }
  if (help !== undefined) throw new Error(`HELP of ${help.name} has no TYPE`)
  return families
}

function labelsIn(text: string): { readonly [name: string]: string } {
  const labels = new Map<string, string>()
  for (let rest = text; rest !== ''; ) {
    const [whole, name, value] = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?=.)|$)/s.exec(rest) ?? []
    if (whole === undefined || name === undefined || value === undefined) throw new Error(`no label: ${rest}`)
    if (labels.has(name)) throw new Error(`the label ${name} occurs twice`)
    labels.set(name, unescaped(value, /^/))
    rest = rest.slice(whole.length)
  }
  return Object.fromEntries(labels)
}

function unescaped(text: string, allowed: RegExp): string {
  if (!allowed.test(text)) throw new Error(`a wrong escape: ${text}`)
  return text.replace(/\\([\\"n])/g, (_, one) => (one === 'n' ? '\n' : one))
}
