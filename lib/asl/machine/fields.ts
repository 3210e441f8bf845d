/** The fields a machine may have, and their forms. Everything else is reported, so that nothing is silently ignored. */
import { expressionSource } from './expression.ts'
import {
  between,
  condition,
  type Fields,
  type Fragment,
  isFragment,
  oneOf,
  orExpression,
  part,
  formatValue,
  template,
  text,
  variables,
  whole,
} from './forms.ts'
import { entryOf } from '#core/text/record.ts'

/** A problem in a machine: where (`States.Load.Retry[0].MaxAttempts`) and what, with the fix. */
export interface Complaint {
  readonly path: string
  readonly message: string
}

/** The optimised Lambda integration. */
export const INVOKE = 'arn:aws:states:::lambda:invoke'

const JSONPATH_FIELDS = new Set(
  'InputPath OutputPath ResultPath Parameters ResultSelector Result ItemsPath MaxConcurrencyPath SecondsPath TimestampPath TimeoutSecondsPath HeartbeatSecondsPath ErrorPath CausePath Iterator MaxItemsPath ToleratedFailureCountPath ToleratedFailurePercentagePath'.split(
    ' ',
  ),
)

/** The maximum that Step Functions documents for waits, attempts and counts. */
const MAX_COUNT = 99_999_999
const seconds = whole(1, MAX_COUNT)
const COMMON: Fields = { Type: text, Comment: part, QueryLanguage: part }
const FLOW: Fields = { ...COMMON, Next: text, End: oneOf(true) }
const OUTCOME: Fields = { Assign: variables, Output: template }
const GUARDED: Fields = { Retry: part, Catch: part }

const STATE_FIELDS: { readonly [type: string]: Fields } = {
  Pass: { ...FLOW, ...OUTCOME },
  Task: {
    ...FLOW,
    ...OUTCOME,
    ...GUARDED,
    Resource: (value) =>
      isLambda(value)
        ? undefined
        : 'must be arn:aws:states:::lambda:invoke or the ARN of a Lambda function; no other service is implemented',
    Arguments: template,
    TimeoutSeconds: orExpression(seconds),
    HeartbeatSeconds: orExpression(seconds),
    Credentials: part,
  },
  Choice: { ...COMMON, ...OUTCOME, Choices: part, Default: text },
  Wait: { ...FLOW, ...OUTCOME, Seconds: orExpression(whole(0, MAX_COUNT)), Timestamp: text },
  Parallel: { ...FLOW, ...OUTCOME, ...GUARDED, Arguments: template, Branches: part },
  Map: {
    ...FLOW,
    ...OUTCOME,
    ...GUARDED,
    Label: (value) =>
      typeof value === 'string' && /^[A-Za-z0-9_-]{1,40}$/.test(value) ? undefined : 'must be 1 to 40 letters, digits, _ or -',
    Items: (value) => (Array.isArray(value) || expressionSource(value) !== undefined ? template(value) : 'must be a list or an expression'),
    ItemReader: part,
    ItemSelector: template,
    MaxConcurrency: orExpression(whole(0, MAX_COUNT)),
    ToleratedFailurePercentage: orExpression(between(0, 100)),
    ToleratedFailureCount: orExpression(whole(0, MAX_COUNT)),
    ItemProcessor: part,
    ResultWriter: part,
  },
  Succeed: { ...COMMON, Output: template },
  Fail: { ...COMMON, Error: text, Cause: (value) => (typeof value === 'string' ? undefined : 'must be a text') },
}

const REQUIRED: { readonly [type: string]: readonly string[] } = {
  Task: ['Resource'],
  Choice: ['Choices'],
  Parallel: ['Branches'],
  Map: ['ItemProcessor'],
}
const MACHINE_FIELDS: Fields = {
  Comment: part,
  QueryLanguage: oneOf('JSONata', 'JSONPath'),
  StartAt: text,
  TimeoutSeconds: seconds,
  States: part,
}
const BRANCH_FIELDS: Fields = { Comment: part, StartAt: text, States: part }
const RETRY_FIELDS: Fields = {
  Comment: part,
  ErrorEquals: part,
  IntervalSeconds: seconds,
  MaxAttempts: whole(0, MAX_COUNT),
  BackoffRate: between(1, Number.MAX_VALUE),
  MaxDelaySeconds: whole(2, 31_622_399),
  JitterStrategy: oneOf('FULL', 'NONE'),
}

/** Every field that does not have a form the engine implements; empty for a machine of `asl.ts`'s type that Step Functions accepts. */
export function checkFields(machine: unknown): Complaint[] {
  const complaints: Complaint[] = []
  const say = (path: string, message: string): void => {
    complaints.push({ path, message })
  }

  function fields(owner: unknown, path: string, what: string, allowed: Fields, required: readonly string[] = []): owner is Fragment {
    if (!isFragment(owner)) {
      say(path, `must be an object: ${what}`)
      return false
    }
    const at = (field: string) => (path === '' ? field : `${path}.${field}`)
    for (const [field, value] of Object.entries(owner)) {
      const form = entryOf(allowed, field)
      if (form) {
        const problem = form(value)
        if (problem) say(at(field), `${problem}; it is ${formatValue(value)}`)
      } else if (JSONPATH_FIELDS.has(field)) {
        say(at(field), `belongs to JSONPath, which is not supported; write Arguments, Items, Output or Assign with expressions {% … %}`)
      } else {
        say(at(field), `is not implemented for ${what}, which takes ${Object.keys(allowed).join(', ')}`)
      }
    }
    for (const field of required) if (!Object.hasOwn(owner, field)) say(at(field), `is missing from ${what}`)
    return true
  }

  function branch(owner: Fragment, path: string, language: unknown): void {
    const states = owner['States']
    const prefix = path === '' ? 'States' : `${path}.States`
    if (!isFragment(states) || Object.keys(states).length === 0) say(prefix, 'must be an object with at least one state')
    else for (const [name, state] of Object.entries(states)) checkState(state, `${prefix}.${name}`, language)
  }

  function checkState(state: unknown, path: string, language: unknown): void {
    if (!isFragment(state)) {
      say(path, 'must be an object: a state')
      return
    }
    const type = String(state['Type'])
    const allowed = entryOf(STATE_FIELDS, type)
    if ((state['QueryLanguage'] ?? language) !== 'JSONata' && !isNeutral(state, language)) {
      say(
        `${path}.QueryLanguage`,
        `is ${formatValue(state['QueryLanguage'] ?? language)}, which is not supported; set "QueryLanguage": "JSONata" on the machine and write expressions {% … %}`,
      )
    } else if (allowed) checkFieldsOf(state, type, allowed, path, language)
    else say(`${path}.Type`, `is ${formatValue(state['Type'])}; it must be ${Object.keys(STATE_FIELDS).join(', ')}`)
  }

  function checkFieldsOf(state: Fragment, type: string, allowed: Fields, path: string, language: unknown): void {
    fields(state, path, `a ${type} state`, allowed, entryOf(REQUIRED, type))
    if (allowed['Next'] && Object.hasOwn(state, 'Next') === Object.hasOwn(state, 'End')) {
      say(path, `has ${Object.hasOwn(state, 'Next') ? 'both' : 'neither'} Next and End; a ${type} state has exactly one`)
    }
    if (type === 'Wait' && Object.hasOwn(state, 'Seconds') === Object.hasOwn(state, 'Timestamp')) {
      say(path, 'a Wait state has exactly one of Seconds and Timestamp')
    }
    each(state['Choices'], `${path}.Choices`, (rule, at) => {
      fields(rule, at, 'a choice rule', { ...OUTCOME, Comment: part, Condition: condition, Next: text }, ['Condition', 'Next'])
    })
    each(state['Retry'], `${path}.Retry`, (retrier, at, last) => {
      if (!fields(retrier, at, 'a retrier', RETRY_FIELDS, ['ErrorEquals'])) return
      errorNames(retrier['ErrorEquals'], `${at}.ErrorEquals`, last)
      const { MaxDelaySeconds: most, IntervalSeconds: first = 1 } = retrier
      if (most !== undefined && Number(most) <= Number(first))
        say(`${at}.MaxDelaySeconds`, `must be greater than IntervalSeconds, which is ${first}; it is ${formatValue(most)}`)
    })
    each(state['Catch'], `${path}.Catch`, (catcher, at, last) => {
      const allowedHere = { ...OUTCOME, Comment: part, ErrorEquals: part, Next: text }
      if (fields(catcher, at, 'a catcher', allowedHere, ['ErrorEquals', 'Next']))
        errorNames(catcher['ErrorEquals'], `${at}.ErrorEquals`, last)
    })
    for (const field of ['Choices', 'Branches']) {
      const parts = entryOf(state, field)
      if (Array.isArray(parts) && parts.length === 0) say(`${path}.${field}`, 'must hold at least one entry')
    }
    each(state['Branches'], `${path}.Branches`, (one, at) => {
      if (fields(one, at, 'a branch', BRANCH_FIELDS, ['StartAt', 'States'])) branch(one, at, language)
    })
    if (type === 'Map') checkMap(state, path, language)
    if (Object.hasOwn(state, 'Credentials') && expressionSource(state['Credentials']) === undefined)
      fields(state['Credentials'], `${path}.Credentials`, 'credentials', { RoleArn: text }, ['RoleArn'])
    if (type === 'Task' && state['Resource'] === INVOKE) checkInvoke(state['Arguments'], `${path}.Arguments`)
  }

  function checkMap(state: Fragment, path: string, language: unknown): void {
    const processor = state['ItemProcessor']
    const at = `${path}.ItemProcessor`
    if (!fields(processor, at, 'an item processor', { ...BRANCH_FIELDS, ProcessorConfig: part }, ['StartAt', 'States'])) return
    branch(processor, at, language)
    const config = processor['ProcessorConfig'] ?? { Mode: 'INLINE' }
    const configFields = { Mode: oneOf('INLINE', 'DISTRIBUTED'), ExecutionType: oneOf('STANDARD') }
    if (!fields(config, `${at}.ProcessorConfig`, 'a processor configuration', configFields)) return
    if (config['Mode'] === 'DISTRIBUTED') {
      if (!Object.hasOwn(config, 'ExecutionType')) say(`${at}.ProcessorConfig.ExecutionType`, 'is missing; it must be "STANDARD"')
    } else {
      for (const field of ['ItemReader', 'ResultWriter', 'Label']) {
        if (Object.hasOwn(state, field)) say(`${path}.${field}`, 'belongs to a distributed Map; this one is inline')
      }
    }
    const reader = state['ItemReader']
    if (reader !== undefined) {
      if (Object.hasOwn(state, 'Items')) say(`${path}.Items`, 'is not allowed together with ItemReader')
      const readerFields = { Resource: oneOf('arn:aws:states:::s3:getObject'), ReaderConfig: part, Arguments: template }
      if (fields(reader, `${path}.ItemReader`, 'an item reader', readerFields, ['Resource', 'ReaderConfig', 'Arguments'])) {
        const readerConfig = { InputType: oneOf('JSON'), MaxItems: orExpression(whole(1, 100_000_000)) }
        fields(reader['ReaderConfig'], `${path}.ItemReader.ReaderConfig`, 'a reader configuration', readerConfig, ['InputType'])
        location(reader['Arguments'], `${path}.ItemReader.Arguments`, 'Key')
      }
    }
    const writer = state['ResultWriter']
    const writerFields = { Resource: oneOf('arn:aws:states:::s3:putObject'), Arguments: template }
    if (writer !== undefined && fields(writer, `${path}.ResultWriter`, 'a result writer', writerFields, ['Resource', 'Arguments'])) {
      location(writer['Arguments'], `${path}.ResultWriter.Arguments`, 'Prefix')
    }
  }

  /** Arguments that name a location in a bucket. An expression is checked when it is evaluated. */
  function location(owner: unknown, path: string, second: 'Key' | 'Prefix'): void {
    if (expressionSource(owner) !== undefined) return
    fields(owner, path, 'these arguments', { Bucket: text, [second]: text }, second === 'Key' ? ['Bucket', 'Key'] : ['Bucket'])
  }

  function checkInvoke(owner: unknown, path: string): void {
    if (expressionSource(owner) !== undefined) return
    fields(owner, path, 'the arguments of lambda:invoke', { FunctionName: text, Payload: part }, ['FunctionName'])
  }

  function errorNames(names: unknown, path: string, last: boolean): void {
    if (!Array.isArray(names) || names.length === 0 || names.some((name) => typeof name !== 'string')) {
      say(path, `must be a list of error names; it is ${formatValue(names)}`)
    } else if (names.includes('States.ALL') && (names.length > 1 || !last)) {
      say(path, 'States.ALL must be alone and in the last entry, because it matches every error')
    }
  }

  function each(list: unknown, path: string, check: (one: unknown, path: string, last: boolean) => void): void {
    if (Array.isArray(list)) {
      list.forEach((one, position) => {
        check(one, `${path}[${position}]`, position === list.length - 1)
      })
    } else if (list !== undefined) say(path, `must be a list; it is ${formatValue(list)}`)
  }

  if (fields(machine, '', 'a machine', MACHINE_FIELDS, ['StartAt', 'States'])) branch(machine, '', machine['QueryLanguage'] ?? 'JSONPath')
  return complaints
}

function isLambda(value: unknown): boolean {
  return value === INVOKE || (typeof value === 'string' && /^arn:aws[\w-]*:lambda:[\w-]*:\d*:function:.+$/.test(value))
}

/** Fields that mean the same in JSONPath and JSONata, as long as they contain no expression. */
const NEUTRAL: { readonly [type: string]: readonly string[] } = {
  Pass: ['Next', 'End'],
  Wait: ['Next', 'End', 'Seconds', 'Timestamp'],
  Succeed: [],
  Fail: ['Error', 'Cause'],
}

/** A state of a JSONPath machine that uses nothing of JSONPath: it runs the same in either language. */
function isNeutral(state: Fragment, language: unknown): boolean {
  const fields = entryOf(NEUTRAL, String(state['Type']))
  return (
    language === 'JSONPath' &&
    (state['QueryLanguage'] ?? 'JSONPath') === 'JSONPath' &&
    fields !== undefined &&
    Object.entries(state).every(
      ([field, value]) =>
        ['Type', 'Comment', 'QueryLanguage'].includes(field) || (fields.includes(field) && expressionSource(value) === undefined),
    )
  )
}
