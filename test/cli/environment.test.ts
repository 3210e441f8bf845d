/** Where a deployment goes, by the environments that definitions declare. */
import { expect, it } from 'vitest'
import type { Args } from '#cli/arguments/flags.ts'
import { targetOf } from '#cli/aws/environment.ts'
import { compile } from '#language/compiler/compile.ts'

const ENVIRONMENTS = `environments:
  staging: {account: "111111111111", region: eu-west-1}
  production: {account: "222222222222", region: eu-west-1, require: [smoke_tests, approval]}
`
function compiled(environments: string) {
  const text = `version: 1\nid: etl\n${environments}steps:\n  - {id: find, type: discover, with: {source: s3://lake/raw/}}\n`
  const result = compile(text, { file: 'p.yaml' })
  if (!result.ok) throw new Error('it does not compile')
  return result
}

const args = (values: { readonly [flag: string]: readonly string[] }): Args => {
  const all = (flag: string) => new Map(Object.entries(values)).get(flag) ?? []
  return { positionals: [], has: (flag) => all(flag).length > 0, value: (flag) => all(flag).at(-1), all }
}

it('has the account and the region of its environment', () => {
  const target = targetOf(args({ env: ['staging'] }), [compiled(ENVIRONMENTS)])
  expect([target.account, target.args.value('region'), target.args.value('env')]).toEqual(['111111111111', 'eu-west-1', 'staging'])
  // without --env, and for definitions that declare none, everything is as before
  expect(targetOf(args({}), [compiled(ENVIRONMENTS)]).account).toBeUndefined()
  expect(targetOf(args({ env: ['any'], region: ['us-east-1'] }), [compiled('')]).args.value('region')).toBe('us-east-1')
})

it('is refused for an unknown name, another region, or what is not confirmed', () => {
  const to = (values: { readonly [flag: string]: readonly string[] }) => () => targetOf(args(values), [compiled(ENVIRONMENTS)])
  expect(to({ env: ['stagin'] })).toThrow('etl declares no environment stagin')
  expect(to({ env: ['staging'], region: ['us-east-1'] })).toThrow('more than one region: us-east-1, eu-west-1')
  expect(to({ env: ['production'] })).toThrow('the environment production requires smoke_tests and approval')
  expect(to({ env: ['production'], confirm: ['approval'] })).toThrow('the environment production requires smoke_tests')
  expect(to({ env: ['production'], confirm: ['approval', 'smoke_tests'] })().account).toBe('222222222222')
})
