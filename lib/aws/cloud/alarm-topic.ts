/** The topic for alarms and failures. Subscribers get e-mails after they confirm the address. Publishing requires TLS. */
import { Aws } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as sns from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'

export class AlarmTopic extends Construct {
  readonly topic: sns.Topic

  constructor(scope: Construct, id: string, emails: readonly string[]) {
    super(scope, id)
    this.topic = new sns.Topic(this, 'Topic', { enforceSSL: true })
    // an explicit policy replaces the default one, which lets services of the account publish
    this.letPublish('Alarms', 'cloudwatch.amazonaws.com', { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } })
    // EventBridge passes topics neither the rule nor the account it publishes for: with a condition, nothing would arrive. Source:
    // EventBridge user guide, "Using resource-based policies", "Amazon SNS permissions".
    this.letPublish('Failures', 'events.amazonaws.com')
    for (const [at, endpoint] of [...new Set(emails)].entries()) {
      new sns.CfnSubscription(this, `Email${at + 1}`, { topicArn: this.topic.topicArn, protocol: 'email', endpoint })
    }
  }

  private letPublish(sid: string, service: string, conditions: { readonly [operator: string]: object } = {}): void {
    const principals = [new iam.ServicePrincipal(service)]
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({ sid, actions: ['sns:Publish'], principals, resources: [this.topic.topicArn], conditions }),
    )
  }
}
