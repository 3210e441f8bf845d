/** The topics that mail the messages of a pipeline: one for each list of addresses. */
import * as sns from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'

export class MailTopics extends Construct {
  /** ARNs by the key of the list. */
  readonly arns: { readonly [addresses: string]: string }

  /** `there` are topics that exist already, by the same keys. */
  constructor(scope: Construct, id: string, lists: ReadonlyMap<string, readonly string[]>, there: ReadonlyMap<string, string>) {
    super(scope, id)
    this.arns = Object.fromEntries(
      [...lists].map(([key, addresses], at) => [key, there.get(key) ?? this.topic(`Topic${at + 1}`, addresses)] as const),
    )
  }

  private topic(id: string, addresses: readonly string[]): string {
    const { topicArn } = new sns.Topic(this, id, { enforceSSL: true })
    for (const [at, endpoint] of addresses.entries()) {
      new sns.CfnSubscription(this, `${id}Email${at + 1}`, { topicArn, protocol: 'email', endpoint })
    }
    return topicArn
  }
}
