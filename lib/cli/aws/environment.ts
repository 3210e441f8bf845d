/** The environment of a deployment as the definitions declare it: its region and account, and what must be confirmed before. */
import { nearest } from '#core/text/nearest.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import type { Compiled } from '#language/compiler/compile.ts'

export interface Target {
  /** The arguments, with the region of the environment. */
  readonly args: Args
  /** The account that the credentials must be for; undefined: any. */
  readonly account: string | undefined
}

/** Throws a UsageError if --env is none of the declared environments, contradicts one, or if something is not confirmed. */
export function targetOf(args: Args, all: readonly Pick<Compiled, 'definition'>[]): Target {
  const name = args.value('env')
  if (name === undefined) return { args, account: undefined }
  const declaring = all.filter(({ definition }) => Object.keys(definition.environments).length > 0)
  const found = declaring.map(({ definition: { id, environments } }) => {
    const own = new Map(Object.entries(environments)).get(name)
    if (own !== undefined) return own
    const names = Object.keys(environments)
    const meant = nearest(name, names)
    throw new UsageError(
      `${id} declares no environment ${name}`,
      `${meant === undefined ? '' : `did you mean ${meant}? `}declared: ${names.join(', ')}`,
      'deploy',
    )
  })
  const confirmed = args.all('confirm')
  const open = [...new Set(found.flatMap(({ require }) => require))].filter((one) => !confirmed.includes(one))
  if (open.length > 0) {
    throw new UsageError(
      `the environment ${name} requires ${open.join(' and ')}`,
      `once it is done, deploy with ${open.map((one) => `--confirm ${one}`).join(' ')}`,
      'deploy',
    )
  }
  const region = same('region', [args.value('region'), ...found.map((one) => one.region)], name)
  const account = same(
    'account',
    found.map((one) => one.account),
    name,
  )
  const value = (flag: string) => (flag === 'region' ? region : args.value(flag))
  return { args: { ...args, value }, account }
}

/** The one value that is given; several different ones are an error. */
function same(what: string, values: readonly (string | undefined)[], environment: string): string | undefined {
  const given = [...new Set(values.flatMap((value) => value ?? []))]
  if (given.length > 1)
    throw new UsageError(`the environment ${environment} has more than one ${what}: ${given.join(', ')}`, `give it one ${what}`, 'deploy')
  return given[0]
}
