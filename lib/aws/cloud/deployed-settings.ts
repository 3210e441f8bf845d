/** Reads the settings of deployed stacks when the CDK app runs with credentials, so that `cdk deploy` keeps them. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { type DeployedSettings, type Settings, settingsIn } from './settings.ts'
import { outputsOf, siftstepStacks } from './stacks.ts'

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
    const stacks = await siftstepStacks(new CloudFormationClient(region === undefined ? {} : { region }))
    const other = stacks.find(({ StackId = '' }) => accountIn(StackId) !== account)
    // the CDK passes its account to the app, but not the credentials of --profile
    if (other !== undefined)
      return {
        unknown: `the credentials are for account ${accountIn(other.StackId ?? '')}, not ${account}: set AWS_PROFILE instead of --profile`,
      }
    return {
      settings: new Map(stacks.map((stack): [string, Settings] => [stack.StackName ?? '', settingsIn(outputsOf(stack))])),
    }
  } catch (error) {
    const { name, message } = error as Error
    return { unknown: `reading the stacks failed (${name}: ${message.split('\n')[0]})` }
  }
}

/** `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID`. */
const accountIn = (stack: string) => stack.split(':')[4] ?? ''
