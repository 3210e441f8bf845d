/** The stacks of siftstep in an account and region. */
import { type CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation'

/** All of them, whatever their state. Fails as the requests do. */
export async function siftstepStacks(client: Pick<CloudFormationClient, 'send'>): Promise<readonly Stack[]> {
  const stacks: Stack[] = []
  let NextToken: string | undefined
  do {
    const page = await client.send(new DescribeStacksCommand(NextToken === undefined ? {} : { NextToken }))
    stacks.push(...(page.Stacks ?? []))
    NextToken = page.NextToken
  } while (NextToken !== undefined && NextToken !== '')
  return stacks.filter(({ StackName }) => StackName?.startsWith('siftstep-'))
}

/** The outputs of a stack, by name; a stack that is still being created has none. */
export const outputsOf = ({ Outputs = [] }: Stack): ReadonlyMap<string, string> =>
  new Map(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))

/** The pairs of an output with several values: `DataFunction=NAME,ControlFunction=NAME`. */
export const pairsIn = (output: string): readonly (readonly [string, string])[] =>
  output.split(',').flatMap((pair) => {
    const [name = '', value = ''] = pair.split('=')
    return value === '' ? [] : [[name, value] as const]
  })
