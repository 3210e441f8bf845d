/**
 * Settings that live with a deployment. Each is an output of its stack, where the next deployment reads it: a setting stays until
 * another value is given.
 */

/** Settings of the shared stack, with the names of their outputs. */
export const PLATFORM_SETTINGS = { emails: 'Emails', keep_runs_days: 'KeepRunsDays', data_key: 'DataKey' } as const
/** Settings of the stack of a pipeline, with the names of their outputs. */
export const PIPELINE_SETTINGS = { sources: 'Sources', outputs: 'Outputs', keys: 'Keys', arch: 'Architecture' } as const

const OUTPUTS = { ...PLATFORM_SETTINGS, ...PIPELINE_SETTINGS } as const

export type SettingName = keyof typeof OUTPUTS
export type Settings = { readonly [Name in SettingName]?: string | undefined }

/** By the name of the stack; a stack that is not deployed has no entry. */
export type DeployedSettings = ReadonlyMap<string, Settings>

export const SETTING_NAMES = Object.keys(OUTPUTS) as readonly SettingName[]

/** The settings in the outputs of a stack. */
export function settingsIn(outputs: ReadonlyMap<string, string>): Settings {
  const pairs = SETTING_NAMES.map((name) => [name, outputs.get(OUTPUTS[name])] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined && value !== ''))
}

/** The settings of a deployment: those given anew, otherwise those of before. An empty value removes a setting. */
export function mergeSettings(names: readonly SettingName[], given: Settings, before: Settings): Settings {
  const pairs = names.map((name) => [name, given[name] ?? before[name]] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined && value !== ''))
}

export const namesOf = (outputs: typeof PLATFORM_SETTINGS | typeof PIPELINE_SETTINGS) => Object.keys(outputs) as readonly SettingName[]

/** What the names of the secrets of pipelines begin with in Secrets Manager. */
export const secretsPrefix = (environment: string | undefined) => (environment === undefined ? 'siftstep/' : `siftstep/${environment}/`)

/** The value of the context `settings`: how `siftstep deploy` passes the settings of all stacks. */
export const settingsText = (settings: DeployedSettings) => JSON.stringify(Object.fromEntries(settings))

/** Undefined if the text is not an object of objects with these settings. */
export function parseSettings(text: string): DeployedSettings | undefined {
  const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)
  const isSetting = ([name, value]: [string, unknown]) => SETTING_NAMES.some((known) => known === name) && typeof value === 'string'
  try {
    const given: unknown = JSON.parse(text)
    if (!isObject(given)) return undefined
    const sound = Object.values(given).every((one: unknown) => isObject(one) && Object.entries(one).every(isSetting))
    return sound ? new Map(Object.entries(given as { readonly [stack: string]: Settings })) : undefined
  } catch {
    return undefined
  }
}
