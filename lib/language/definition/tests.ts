/** Checks the tests of a definition: their names, and the inputs and steps that they name. */
import type { Json } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { preview } from '#core/text/preview.ts'
import { fitInput, type InputDeclaration } from '#language/inputs/fit.ts'
import { shown } from '#language/inputs/shown.ts'
import type { CheckContext } from './check-shape.ts'
import { checkPlain } from './compile-value.ts'
import type { StepEntry } from './entries.ts'
import { type Path, pathText, report, writtenPath } from './parse-context.ts'
import type { GivenRows, PipelineTest, TestFields, TestTable } from './tests-schema.ts'

type Inputs = ReadonlyMap<string, InputDeclaration | undefined>

/** Types of inputs that can hold an address. */
const ADDRESSES: readonly string[] = ['string', 'array'] satisfies readonly InputDeclaration['type'][]

/** The tests, as far as they are right; what is wrong is reported. */
export function readTests(
  given: readonly TestFields[],
  inputs: Inputs,
  steps: readonly StepEntry[],
  context: CheckContext,
): PipelineTest[] {
  return given.map((test, at) => {
    const path = ['tests', at]
    const first = given.findIndex(({ name }) => name === test.name)
    if (first < at)
      report(context, 'invalid-test', [...path, 'name'], {
        what: `two tests have the name '${test.name}': this one, and test ${first + 1}`,
        hint: 'give each test a name of its own',
      })
    checkSink(test, path, steps, context)
    return {
      name: test.name,
      ...(test.date === undefined ? {} : { date: test.date }),
      inputs: readInputs(test, path, inputs, context),
      given: Object.entries(test.given).flatMap(([name, table]) => readGiven(name, table, path, inputs, steps, context)),
      expect: test.expect,
    }
  })
}

function readInputs(test: TestFields, path: Path, inputs: Inputs, context: CheckContext): PipelineTest['inputs'] {
  const values: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(test.inputs)) {
    const place = [...path, 'inputs', name]
    const declared = inputs.get(name)
    if (!inputs.has(name)) report(context, 'invalid-test', place, unknown(name, 'input', [...inputs.keys()]), { at: 'key' })
    if (Object.hasOwn(test.given, name))
      report(context, 'invalid-test', place, {
        what: `the input \`${name}\` stands in \`inputs\` and in \`given\``,
        hint: 'keep one of them: `given` has rows, `inputs` has values',
      })
    checkPlain(value, place, 'a value of a test', context)
    const fitted = declared === undefined ? { value } : fitInput(value, declared)
    if ('misfit' in fitted)
      report(context, 'invalid-test', place, { what: `the input \`${name}\` ${fitted.misfit.what}`, hint: fitted.misfit.hint })
    else values[name] = fitted.value
  }
  for (const [name, declared] of inputs) {
    if (declared?.required !== true || Object.hasOwn(test.inputs, name) || Object.hasOwn(test.given, name)) continue
    report(context, 'invalid-test', path, {
      what: `the test has no value for the input \`${name}\`, which is required`,
      hint: `add \`inputs: {${name}: …}\`, or rows: \`given: {${name}: […]}\``,
    })
  }
  return values
}

/** No input has the name of a step, so a name means one of them. */
function readGiven(
  name: string,
  table: TestTable,
  path: Path,
  inputs: Inputs,
  steps: readonly StepEntry[],
  context: CheckContext,
): readonly GivenRows[] {
  const place = [...path, 'given', name]
  const refuse = (what: string, hint: string) => {
    report(context, 'invalid-test', place, { what, hint }, { at: 'key' })
    return []
  }
  if (inputs.has(name)) {
    const declared = inputs.get(name)
    if (declared !== undefined && !ADDRESSES.includes(declared.type))
      return refuse(`the input \`${name}\` is of type ${declared.type}, and holds no address`, 'give its value in `inputs`')
    return [{ name, steps: null, table }]
  }
  const named = steps.find(({ id }) => id === name)
  const reading = steps.filter(({ kind, settings }) => settings !== undefined && readsAddress(kind, settings))
  const names = [...inputs].flatMap(([input, declared]) => (declared !== undefined && ADDRESSES.includes(declared.type) ? [input] : []))
  if (named === undefined) {
    const { what, hint } = unknown(name, 'input or step', [...names, ...reading.flatMap(({ id }) => id ?? [])])
    return refuse(what, hint)
  }
  // a step of the author can stand for several
  const whole = (entry: StepEntry) => writtenPath(context, pathText(entry.path))
  const meant = reading.filter((entry) => whole(entry) === whole(named)).flatMap(({ id }) => id ?? [])
  if (meant.length === 0 && named.settings !== undefined)
    return refuse(`the step \`${name}\` reads no address`, `steps that do: ${preview(reading.flatMap(({ id }) => id ?? [])) || 'none'}`)
  return [{ name, steps: meant, table }]
}

const readsAddress = (kind: StepEntry['kind'], settings: NonNullable<StepEntry['settings']>) =>
  (kind?.addresses?.(settings) ?? []).some(({ use }) => use === 'read')

/** Which export the rows are of must be clear. */
function checkSink({ expect }: TestFields, path: Path, steps: readonly StepEntry[], context: CheckContext): void {
  const sinks = steps.flatMap(({ id, kind }) => (kind?.shape === 'sink' && id !== undefined ? [id] : []))
  const place = [...path, 'expect']
  if (expect.step !== undefined && !sinks.includes(expect.step)) {
    const { what, hint } = unknown(expect.step, 'export step', sinks)
    report(context, 'invalid-test', [...place, 'step'], { what, hint })
  }
  for (const key of ['rows', 'columns'] as const) {
    if (expect[key] === undefined || expect.step !== undefined || sinks.length === 1) continue
    const none = { what: `\`${key}\` are those of an export, and the pipeline has none`, hint: `add an export step, or remove \`${key}\`` }
    const many = {
      what: `\`${key}\` could be those of ${preview(sinks)}`,
      hint: `say which export is meant: \`step: ${sinks[0] ?? ''}\``,
    }
    report(context, 'invalid-test', [...place, key], sinks.length === 0 ? none : many, { at: 'key' })
  }
}

function unknown(name: string, what: string, names: readonly string[]) {
  const meant = nearest(name, names)
  return {
    what: `there is no ${what} ${shown(name)}`,
    hint: `${meant === undefined ? '' : `did you mean \`${meant}\`? `}allowed: ${preview(names) || 'none'}`,
  }
}
