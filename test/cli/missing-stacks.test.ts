/** Commands for AWS where the stack of a pipeline, or its machine, does not exist: a sentence, what exists, and the fix. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '#cli/main.ts'
import { compile } from '#language/compiler/compile.ts'
import { startAws } from '../kit/aws-server.ts'
import { testTerminal } from './terminals.ts'

const compiled = (() => {
  const found = compile(
    'version: 1\nid: small\ninputs: {source: {type: string, required: true}}\nsteps:\n  - {id: find, type: discover, with: {source: "{{ source }}"}}\n',
    {
      file: 'p.yaml',
    },
  )
  if (!found.ok) throw new Error('the definition has problems')
  return found
})()

describe('what is missing on AWS', () => {
  const COMMANDS = [
    ['redrive', ['redrive', 'last']],
    ['show', ['show', 'last', '--on', 'aws']],
    ['stop', ['stop', 'last', '--on', 'aws']],
    ['logs', ['logs', 'last', '--on', 'aws']],
    ['runs', ['runs', '--on', 'aws']],
  ] as const
  let own: Awaited<ReturnType<typeof startAws>>
  beforeAll(async () => {
    own = await startAws()
    own.deploy(compiled)
  })
  afterAll(() => own.close())
  const run = async (...argv: readonly string[]) => {
    const made = testTerminal({ env: { ...own.env } })
    return { code: await main(argv, made), err: made.written.err }
  }

  it.each(COMMANDS)('%s of a pipeline that is not deployed says what is', async (_name, argv) => {
    const { code, err } = await run(...argv, '--pipeline', 'smal')
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/no pipeline smal is deployed in eu-west-1\n {2}hint: did you mean small\? deployed: small/),
    ])
  })

  it.each([
    ['destroy', ['destroy', 'smal', '--yes']],
    ['start', ['start', 'smal']],
  ] as const)('%s of a pipeline that is not deployed says what is', async (_name, argv) => {
    const { code, err } = await run(...argv)
    expect([code, err]).toEqual([2, expect.stringContaining('no pipeline smal is deployed in eu-west-1')])
  })

  it.each(COMMANDS)('%s of a stack without its machine says how to repair it', async (_name, argv) => {
    own.refuse('ListExecutions', 400, 'StateMachineDoesNotExist', 'State Machine Does Not Exist')
    try {
      const { code, err } = await run(...argv)
      expect([code, err]).toEqual([
        2,
        expect.stringMatching(
          /the stack siftstep-small is in eu-west-1, but its machine arn:\S+ does not exist\n.*siftstep deploy FILE; or remove what is left: siftstep destroy small --yes/,
        ),
      ])
    } finally {
      own.accept('ListExecutions')
    }
  })

  it('start of a stack without its machine is a sentence, too', async () => {
    own.refuse('DescribeStateMachine', 400, 'StateMachineDoesNotExist', 'State Machine Does Not Exist')
    try {
      const { code, err } = await run('start', 'small', '--input', 'source=a')
      expect([code, err]).toEqual([
        2,
        expect.stringMatching(
          /a part of the deployment is missing in eu-west-1, reading the machine: State Machine Does Not Exist\n.*deploy FILE/,
        ),
      ])
    } finally {
      own.accept('DescribeStateMachine')
    }
  })
})
