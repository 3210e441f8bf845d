/** Reads the settings of deployed stacks when the CDK app runs with credentials, so that `cdk deploy` keeps them. */
import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation'
import { type DeployedSettings, type Settings, settingsIn } from './settings.ts'

/** What an app knows of the stacks that are deployed. */
export type Known = { readonly settings: DeployedSettings } | { readonly unknown: string }

/**
 * The CDK sets CDK_DEFAULT_ACCOUNT where it has credentials. Without credentials nothing is read, so synthesis needs no network.
 * A request that fails makes the settings unknown; a template with unknown settings cannot be deployed.
 */
export async function deployedSettings(env: { readonly [name: string]: string | undefined }): Promise<Known> {
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = env
  if (account === undefined) return { unknown: 'the app ran without AWS credentials' }
  try {
    const stacks = await siftstepStacks(region)
    const other = stacks.find(({ StackId = '' }) => accountIn(StackId) !== account)
    // the CDK passes its account to the app, but not the credentials of --profile
    if (other !== undefined)
      return {
        unknown: `the credentials are for account ${accountIn(other.StackId ?? '')}, not ${account}: set AWS_PROFILE instead of --profile`,
      }
    return {
      settings: new Map(stacks.map(({ StackName = '', Outputs = [] }): [string, Settings] => [StackName, settingsIn(byName(Outputs))])),
    }
  } catch (error) {
    const { name, message } = error as Error
    return { unknown: `reading the stacks failed (${name}: ${message.split('\n')[0]})` }
  }
}

async function siftstepStacks(region: string | undefined): Promise<readonly Stack[]> {
  const client = new CloudFormationClient(region === undefined ? {} : { region })
  const stacks: Stack[] = []
  let NextToken: string | undefined
  do {
    const page = await client.send(new DescribeStacksCommand(NextToken === undefined ? {} : { NextToken }))
    stacks.push(...(page.Stacks ?? []))
    NextToken = page.NextToken
  } while (NextToken !== undefined && NextToken !== '')
  return stacks.filter(({ StackName }) => StackName?.startsWith('siftstep-'))
}

/** `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID`. */
const accountIn = (stack: string) => stack.split(':')[4] ?? ''

const byName = (outputs: NonNullable<Stack['Outputs']>) =>
  new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
