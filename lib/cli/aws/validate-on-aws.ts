/** Lets Step Functions check a machine: its definition, and the states that a run passes through. Nothing is deployed or called. */
import { TestStateCommand, type TestStateOutput, ValidateStateMachineDefinitionCommand } from '@aws-sdk/client-sfn'
import { count } from '#core/text/numbers.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { ask } from './ask.ts'
import type { Aws } from './clients.ts'
import { deployableText, placeOfStep, stepAt } from './deployable-machine.ts'
import { type SimulatedState, statesOfRun } from './simulated-states.ts'

/** The most that Step Functions lists at once. */
const MAX_DIAGNOSTICS = 100

type Checked = Compiled & { readonly file: string }

/** Whether AWS takes the machine. Prints what it says: errors and warnings to stderr, what was tested to stdout. */
export async function validateOnAws(compiled: Checked, aws: Aws, terminal: Terminal): Promise<boolean> {
  const definition = deployableText(compiled.text, aws.region)
  const isValid = await checkDefinition(compiled, definition, aws, terminal)
  // states of a machine that is refused cannot be tested
  return isValid && (await testStates(compiled, definition, aws, terminal))
}

async function checkDefinition(compiled: Checked, definition: string, aws: Aws, terminal: Terminal): Promise<boolean> {
  const command = new ValidateStateMachineDefinitionCommand({
    definition,
    type: 'STANDARD',
    severity: 'WARNING',
    maxResults: MAX_DIAGNOSTICS,
  })
  const { result, diagnostics = [], truncated } = await ask('validating the machine', aws.region, aws.states.send(command).catch(refused))
  for (const { severity, code, message = '', location = '' } of diagnostics) {
    const place = placeOfStep(compiled, compiled.file, stepAt(compiled, location))
    const level = severity === 'ERROR' ? '' : 'warning '
    terminal.err(`${place} ${level}${code} ${escapeControls(location)}: ${escapeControls(message, MAX_SHOWN)}\n`)
  }
  const listed = truncated === true ? `, the first ${count(diagnostics.length, 'diagnostic')} are listed` : ''
  const { id } = compiled.definition
  if (result !== 'OK' || diagnostics.some(({ severity }) => severity === 'ERROR')) {
    terminal.err(`${compiled.file}: Step Functions does not take the machine of ${id}${listed}\n`)
    return false
  }
  terminal.out(`${compiled.file}: Step Functions takes the machine of ${id}${listed}\n`)
  return true
}

const MAX_SHOWN = 2000

/** A request that Step Functions does not take at all, such as a definition that is too large. */
function refused(error: unknown): never {
  const { name, message } = error as Error
  if (name !== 'ValidationException') throw error
  throw new UsageError(`Step Functions refused to validate the machine: ${message}`, 'split the pipeline, if the machine is too large')
}

async function testStates(compiled: Checked, definition: string, aws: Aws, terminal: Terminal): Promise<boolean> {
  const { reached, others } = await statesOfRun(compiled)
  const untested = new Map(others)
  const passed: string[] = []
  const failed: string[] = []
  for (const state of reached) {
    const outcome = await testState(state, definition, aws)
    if ('untested' in outcome) {
      untested.set(state.name, outcome.untested)
      // the next call would be denied, too
      if (outcome.denied) for (const { name } of reached.slice(reached.indexOf(state))) untested.set(name, outcome.untested)
      if (outcome.denied) break
      continue
    }
    const wrong = differenceOf(state, outcome)
    if (wrong === undefined) passed.push(state.name)
    else {
      failed.push(state.name)
      const place = placeOfStep(
        compiled,
        compiled.file,
        stepAt(compiled, `/States/${state.name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
      )
      terminal.err(`${place} ${state.name}: ${escapeControls(wrong, MAX_SHOWN)}\n`)
    }
  }
  terminal.out(`${count(passed.length, 'state')} tested by Step Functions${passed.length === 0 ? '' : `: ${passed.join(', ')}`}\n`)
  for (const reason of new Set(untested.values())) {
    const names = [...untested].flatMap(([name, why]) => (why === reason ? [name] : []))
    terminal.out(`not tested: ${names.join(', ')}: ${reason}\n`)
  }
  return failed.length === 0
}

type Untested = { readonly untested: string; readonly denied: boolean }

/** The answer, or why there is none. */
async function testState(
  { name, type, input, variables, result }: SimulatedState,
  definition: string,
  aws: Aws,
): Promise<TestStateOutput | Untested> {
  const command = new TestStateCommand({
    definition,
    stateName: name,
    input,
    variables,
    // the tasks are ours: their results follow no model of AWS
    ...(type === 'Task' && result !== undefined ? { mock: { result, fieldValidationMode: 'NONE' }, context: CONTEXT } : {}),
  })
  return ask<TestStateOutput | Untested>(`testing the state ${name}`, aws.region, aws.states.send(command).catch(untestedFor))
}

const CONTEXT = JSON.stringify({
  Execution: { Id: 'arn:aws:states:::execution:test', Name: 'test', StartTime: '2026-01-01T00:00:00.000Z' },
  State: { EnteredTime: '2026-01-01T00:00:00.000Z', RetryCount: 0 },
})

/** What says nothing of the machine: a missing permission, or a request that Step Functions does not take for such a state. */
function untestedFor(error: unknown): Untested {
  const { name, message } = error as Error
  const first = escapeControls(message.split('\n')[0] ?? '', 300)
  if (/AccessDenied/.test(name)) return { untested: `AWS denied states:TestState (${first})`, denied: true }
  if (/^(ValidationException|InvalidArn)$/.test(name)) return { untested: `Step Functions does not test it (${first})`, denied: false }
  throw error
}

/** What is wrong with the answer; undefined if the state did what it does here. */
function differenceOf({ next }: SimulatedState, { status, nextState, error, cause }: TestStateOutput): string | undefined {
  if (status !== 'SUCCEEDED') return `Step Functions ends it as ${status ?? 'unknown'}: ${error ?? 'no error'}: ${cause ?? 'no cause'}`
  return (nextState ?? null) === next
    ? undefined
    : `Step Functions goes on with ${nextState ?? 'the end'}, and this machine with ${next ?? 'the end'}`
}
