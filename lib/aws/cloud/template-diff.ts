/** What a new template changes: the states of the machine, the permissions of the roles, and other resources. Pure. */
import type { Json, JsonObject } from '#core/json.ts'
import { entryOf } from '#core/text/record.ts'

export type Change = 'added' | 'removed' | 'changed'

/** A state, a resource or a permission, with what of it changes. */
export interface Difference {
  readonly change: Change
  /** `tidy`, `AWS::SQS::Queue PipelineStartsQueue`, `PipelineTasksDataRole ReadSources`. */
  readonly what: string
  /** Names of the fields that change, or the actions and resources that come (`+`) and go (`-`). */
  readonly details: readonly string[]
  /** Why a permission is needed. */
  readonly reason?: string
}

export interface TemplateDiff {
  readonly states: readonly Difference[]
  readonly permissions: readonly Difference[]
  readonly resources: readonly Difference[]
}

/** A template of CloudFormation. */
export interface DiffedTemplate {
  readonly Resources?: { readonly [id: string]: DiffedResource }
  readonly Metadata?: JsonObject
}

interface DiffedResource {
  readonly Type: string
  readonly Properties?: JsonObject
}

/** The metadata of a template with the reasons of its permissions, by Sid. */
export const REASONS = 'siftstep:permissions'

/** The machine of a template is one of its properties, as text. */
const MACHINE = 'AWS::StepFunctions::StateMachine'
/** Versions are made anew by each change of what they are a version of. */
const VERSIONS = new Set(['AWS::Lambda::Version', 'AWS::StepFunctions::StateMachineVersion', 'AWS::CDK::Metadata'])

/** `reasonsKey` is the name of the metadata with the reasons of permissions. An empty `before` is a stack that is not deployed yet. */
export function diffOf(before: DiffedTemplate, after: DiffedTemplate, reasonsKey: string): TemplateDiff {
  const reasonsOf = ({ Metadata }: DiffedTemplate) => (entryOf(Metadata, reasonsKey) ?? {}) as { readonly [sid: string]: string }
  const reasons = new Map(Object.entries({ ...reasonsOf(before), ...reasonsOf(after) }))
  return {
    states: compared(statesOf(before), statesOf(after), fieldsThatDiffer),
    permissions: compared(permissionsOf(before), permissionsOf(after), grantsThatDiffer).map((one) => {
      const reason = reasons.get(sidOf(one.what))
      return reason === undefined ? one : { ...one, reason }
    }),
    resources: compared(resourcesOf(before), resourcesOf(after), fieldsThatDiffer),
  }
}

/** Statements that are divided over policies have a letter at their end. */
const sidOf = (what: string) => (what.split(' ').at(-1) ?? '').replace(/[AB]+$/, '')

function compared(
  before: ReadonlyMap<string, JsonObject>,
  after: ReadonlyMap<string, JsonObject>,
  details: (before: JsonObject, after: JsonObject) => readonly string[],
): readonly Difference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names.flatMap((what): readonly Difference[] => {
    const [old, now] = [before.get(what), after.get(what)]
    const changed = details(old ?? {}, now ?? {})
    if (old !== undefined && now !== undefined) return changed.length === 0 ? [] : [{ change: 'changed', what, details: changed }]
    return [{ change: old === undefined ? 'added' : 'removed', what, details: changed }]
  })
}

const fieldsThatDiffer = (before: JsonObject, after: JsonObject) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => textOf(entryOf(before, key)) !== textOf(entryOf(after, key)))
    .sort()

function grantsThatDiffer(before: JsonObject, after: JsonObject): readonly string[] {
  return ['Action', 'Resource', 'Condition'].flatMap((field) => {
    const [old, now] = [listOf(entryOf(before, field)), listOf(entryOf(after, field))]
    return [
      ...now.filter((one) => !old.includes(one)).map((one) => `+ ${one}`),
      ...old.filter((one) => !now.includes(one)).map((one) => `- ${one}`),
    ]
  })
}

const listOf = (value: Json | undefined): readonly string[] => (value === undefined ? [] : [value].flat().map(readable))

/** The same text for the same value, whatever the order of its keys. */
function textOf(value: Json | undefined): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${key}:${textOf(entryOf(value as JsonObject, key))}`)
    .join()}}`
}

/** References as people read them: `${Name.Arn}/runs/*`. */
function readable(value: Json): string {
  if (typeof value === 'string') return value
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::ImportValue': imported } = (value ?? {}) as JsonObject
  if (typeof Ref === 'string') return `\${${Ref}}`
  if (Array.isArray(attribute)) return `\${${attribute.join('.')}}`
  if (Array.isArray(join)) return (join[1] as readonly Json[]).map(readable).join(String(join[0]))
  return imported === undefined ? JSON.stringify(value) : readable(imported)
}

/** Every state by its path: `tidy`, `Stage2.look`. */
function statesOf({ Resources = {} }: DiffedTemplate): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>()
  const visit = (states: JsonObject) => {
    for (const [name, state] of Object.entries(states) as [string, JsonObject][]) {
      const inner = [state['ItemProcessor'], ...((state['Branches'] ?? []) as readonly Json[])].flatMap((one) =>
        one === undefined ? [] : [one as JsonObject],
      )
      for (const { States } of inner) visit((States ?? {}) as JsonObject)
      // the states within have entries of their own
      const { ItemProcessor: _, Branches: __, ...own } = state
      found.set(name, own)
    }
  }
  for (const { Type, Properties = {} } of Object.values(Resources)) {
    const text = Type === MACHINE ? Properties['DefinitionString'] : undefined
    if (typeof text !== 'string') continue
    const { States, ...settings } = JSON.parse(text) as JsonObject
    found.set('the machine itself', settings)
    visit(States as JsonObject)
  }
  return found
}

/** Every statement by role and Sid. */
function permissionsOf({ Resources = {} }: DiffedTemplate): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>()
  const take = (owner: string, document: Json | undefined) => {
    for (const statement of ((document as JsonObject | undefined)?.['Statement'] ?? []) as readonly JsonObject[])
      found.set(`${owner} ${String(statement['Sid'] ?? textOf(statement['Action']))}`, statement)
  }
  for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
    if (Type === 'AWS::IAM::Role')
      for (const policy of (Properties['Policies'] ?? []) as readonly JsonObject[]) take(withoutHash(id), policy['PolicyDocument'])
    if (Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy') take(withoutHash(id), Properties['PolicyDocument'])
  }
  return found
}

/** All other resources by type and id, without the machine's text and the roles' statements. */
function resourcesOf({ Resources = {} }: DiffedTemplate): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>()
  for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
    if (VERSIONS.has(Type)) continue
    const { DefinitionString: _, Policies: __, PolicyDocument: ___, Tags: ____, ...own } = Properties
    found.set(`${Type} ${withoutHash(id)}`, own)
  }
  return found
}

/** The CDK adds eight characters to the ids of resources. */
const withoutHash = (id: string) => id.replace(/[0-9A-F]{8}$/, '')
