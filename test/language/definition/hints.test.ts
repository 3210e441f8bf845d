/** Hints lead to what is right where they stand. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { describe, expect, it } from 'vitest'
import { problemsOf, withSteps } from './problems-of.ts'

const rules = (rule: string) => withSteps(`  - {id: check, type: validate, with: {rules: [{${rule}}]}}\n`)
const hintsOf = (text: string) => problemsOf(text).map(({ hint }) => hint.split(';')[0])

describe('a hint', () => {
  it('takes the keys out of a mapping that has no place there', () => {
    expect(hintsOf(rules('rule_type: range, column: a, parameters: {min: 1, max: 2}'))).toEqual([
      'write min and max here, without `parameters`',
    ])
    expect(hintsOf(rules('rule_type: range, column: a, settings: {min: 1}'))).toEqual(['write min here, without `settings`'])
    expect(hintsOf(withSteps('  - {id: a, type: lineage, options: {namespace: b}}\n'))).toEqual([expect.stringMatching(/^remove it/)])
  })

  it('names a key of another tool only where the key it stands for is one', () => {
    expect(hintsOf(withSteps('  - {id: a, type: lineage, params: {namespace: b}}\n'))).toEqual(['write `with`'])
    expect(hintsOf(rules('rule_type: range, column: a, min: 1, params: x'))).toEqual([expect.stringMatching(/^remove it/)])
    expect(hintsOf(withSteps('  - {id: a, type: lineage, on_error: {action: continue}}\n'))).toEqual([
      'write `continue_on_error: true` to go on, or `fallback` for settings to try instead',
    ])
    expect(hintsOf(withSteps('  - {id: a, type: lineage, retry_count: 2}\n'))).toEqual([
      'write `retry: {max_attempts: …}` beside `on_error`',
    ])
    expect(hintsOf(withSteps('  - {id: a, type: lineage, loop: {foreach: [1], if: x}}\n'))).toEqual([
      expect.stringMatching(/^(remove it|did you mean)/),
    ])
  })

  it.each(['max_bad_rows: 10%', 'too_many_bad_rows: fail', 'max_lost_values: 10%', 'continue_on_error: true'])(
    'sends %s to the limits of the step, from its settings and from the step itself',
    (given) => {
      const key = given.split(':')[0]
      const hint = `write \`on_error: {${key}: …}\` in the step, beside \`with\``
      expect(hintsOf(withSteps(`  - {id: a, type: clean, with: {rules: [{missing: auto}], ${given}}}\n`))).toEqual([hint])
      expect(hintsOf(withSteps(`  - {id: a, type: clean, with: {rules: [{missing: auto}]}, ${given}}\n`))).toEqual([hint])
      expect(problemsOf(withSteps(`  - {id: a, type: clean, with: {rules: [{missing: auto}]}, on_error: {${given}}}\n`))).toEqual([])
    },
  )

  it.each(['schedule', 'cron', 'timer'])('sends a trigger of the type %s to the schedule', (type) => {
    expect(hintsOf(withSteps('  - {id: a, type: lineage}\n', `triggers: [{type: ${type}, cron: "0 0 * * *"}]\n`))).toEqual([
      'write `schedule: {cron: …}` or `schedule: {every: …}` at the top of the definition',
    ])
  })
})

describe('config values that multiply', () => {
  const levels = (write: (reference: string) => string, count: number) =>
    `config:\n  a0: "0123456789"\n${Array.from({ length: count }, (_, at) => `  a${at + 1}: ${write(`\${a${at}}`)}\n`).join('')}`
  const found = (config: string, source: string) =>
    problemsOf(`version: 1\nid: grows\n${config}steps:\n  - {id: find, type: discover, with: {source: "${source}"}}\n`).map(
      ({ code, line }) => `${code} ${line}`,
    )

  it('are refused once, at the first that is too large: texts, lists and mappings', () => {
    expect(
      found(
        levels((one) => `"${one.repeat(10)}"`, 29),
        '${a29}',
      ),
    ).toEqual(['config-too-large 10'])
    expect(
      found(
        levels((one) => `[${Array(10).fill(`"${one}"`).join(', ')}]`, 29),
        '${a29}',
      ),
    ).toEqual(['config-too-large 10'])
    expect(
      found(
        levels((one) => `{a: "${one}", b: "${one}"}`, 60),
        '${a60}',
      ),
    ).toHaveLength(1)
  })

  it('may be as long as a definition may be', () => {
    expect(
      found(
        levels((one) => `"${one.repeat(10)}"`, 4),
        '${a4}',
      ),
    ).toEqual([])
  })

  it('are refused where many places name one that is large', () => {
    const many = Array.from({ length: 200 }, (_, at) => `  b${at}: "\${a4}"\n`).join('')
    expect(
      found(`${levels((one) => `"${one.repeat(10)}"`, 4)}${many}`, '${b0}').filter((one) => one.startsWith('config-too-large')),
    ).toHaveLength(1)
  })
})
