/** Reports inputs and config values that are not used: most often because of a typo elsewhere. */
import type { Json, JsonObject } from '#core/json.ts'
import { analyseExpression, expressionSource } from '#asl/machine/expression.ts'
import { nearest } from '#core/text/nearest.ts'
import { isMapping } from './build-values.ts'
import { markersOf } from './interpolation.ts'
import { type ParseContext, report } from './parse-context.ts'
import { referencesOf } from './template.ts'

/**
 * `written` is the tree as in the file, `replaced` the same after `${…}` was replaced; `usable` checks whether a name can be read, and `isMode`
 * whether the language itself reads the input. Returns the inputs that nothing reads.
 */
export function reportUnused(
  written: JsonObject,
  replaced: JsonObject,
  usable: (name: string) => boolean,
  isMode: (name: string) => boolean,
  context: ParseContext,
): readonly string[] {
  const texts = [written, replaced].flatMap((tree) =>
    textsOf(tree, [], (path) => !['inputs', 'tests'].includes(path[0] ?? '') && path.at(-1) !== 'description'),
  )
  const inputs = isMapping(written['inputs']) ? Object.keys(written['inputs']).filter(usable) : []
  const unused = unusedNames(inputs, inputNames(texts))
  for (const name of unused.filter((one) => !isMode(one))) {
    report(
      context,
      'unused-input',
      ['inputs', name],
      { what: `the input \`${name}\` is not used`, hint: `use it as {{ inputs.${name} }}, or remove it` },
      // a file that is shared between pipelines may declare more than each uses; nothing is lost by it
      { at: 'key', level: 'warning' },
    )
  }
  const config = isMapping(written['config']) ? leavesOf(written['config'], []) : []
  const markers = textsOf(written, [], () => true)
    .flatMap(markersOf)
    .flatMap(({ inner }) => (inner === undefined ? [] : [inner]))
  for (const path of config) {
    const name = path.join('.')
    const used = markers.some((marker) => marker === name || name.startsWith(`${marker}.`) || marker.startsWith(`${name}.`))
    if (
      used ||
      meantElsewhere(
        name,
        config.map((one) => one.join('.')),
        markers,
      )
    )
      continue
    report(
      context,
      'unused-config',
      ['config', ...path],
      { what: `the config value \`${name}\` is not used`, hint: `use it as \${${name}}, or remove it` },
      { at: 'key' },
    )
  }
  return unused
}

/** A name that a misspelt reference most likely means is reported at the reference, not here. */
const meantElsewhere = (name: string, names: readonly string[], references: readonly string[]) =>
  references.some(
    (reference) =>
      !names.some((one) => one === reference || one.startsWith(`${reference}.`) || reference.startsWith(`${one}.`)) &&
      nearest(reference, names) === name,
  )

function unusedNames(names: readonly string[], references: readonly string[] | 'all'): string[] {
  if (references === 'all') return []
  return names.filter((name) => !references.includes(name) && !meantElsewhere(name, names, references))
}

/** The names by which texts read inputs; can include other names that are read the same way. */
function inputNames(texts: readonly string[]): string[] | 'all' {
  const names: string[] = []
  for (const text of texts) {
    for (const { inner } of referencesOf(text)) {
      if (inner === 'inputs') return 'all'
      names.push(/^(?:inputs\.)?([\w-]+)/.exec(inner)?.[1] ?? '')
    }
    const source = expressionSource(text.trim())
    if (source === undefined) continue
    const analysis = analyseExpression(source)
    // an expression that cannot be parsed has been reported; it can read any input
    if ('error' in analysis || analysis.inputs.has('')) return 'all'
    names.push(...analysis.inputs)
  }
  return names
}

function textsOf(value: Json, path: readonly string[], counts: (path: readonly string[]) => boolean): string[] {
  if (path.length > 0 && !counts(path)) return []
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap((item, at) => textsOf(item, [...path, String(at)], counts))
  if (!isMapping(value)) return []
  return Object.entries(value).flatMap(([key, entry]) => textsOf(entry, [...path, key], counts))
}

function leavesOf(value: JsonObject, path: readonly string[]): string[][] {
  return Object.entries(value).flatMap(([key, entry]) =>
    isMapping(entry) && Object.keys(entry).length > 0 ? leavesOf(entry, [...path, key]) : [[...path, key]],
  )
}
