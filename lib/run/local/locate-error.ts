/** Adds the position in the file to a mistake in the definition that only the data revealed. */
import { type Compiled, pathOf } from '#language/compiler/compile.ts'
import { parseCause, causeText } from '#core/errors/failure.ts'

/**
 * Writes the position as for problems found before a run: `p.yaml:9:21 steps.1.with.operations.0.filter`. Tasks know only the path within
 * their step. `step` is the failed step, for causes that do not name it.
 */
export function placed(
  cause: string,
  step: string | null,
  { definition, map }: Pick<Compiled, 'definition' | 'map'>,
  file: string,
): string {
  const parts = parseCause(cause)
  const named = parts.step ?? step
  if (parts.where === null || named === null) return cause
  const path = `${pathOf(definition, named)}.${parts.where}`
  const { line, column } = map.at(path)
  return causeText({ ...parts, where: `${file}:${line}:${column} ${map.written(path)}` })
}
