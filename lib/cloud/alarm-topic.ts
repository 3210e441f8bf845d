/** Where alarms and failures are told: to people by e-mail, who must confirm the address once. Messages must come over TLS. */
import { Aws } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as sns from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'

export class AlarmTopic extends Construct {
  readonly topic: sns.Topic

  constructor(scope: Construct, id: string, emails: readonly string[]) {
    super(scope, id)
    this.topic = new sns.Topic(this, 'Topic', { enforceSSL: true })
    // a policy of one's own takes the place of the one that lets services of the account publish
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsAndFailures',
        actions: ['sns:Publish'],
        principals: ['cloudwatch', 'events'].map((service) => new iam.ServicePrincipal(`${service}.amazonaws.com`)),
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    )
    for (const [at, endpoint] of [...new Set(emails)].entries()) {
      new sns.CfnSubscription(this, `Email${at + 1}`, { topicArn: this.topic.topicArn, protocol: 'email', endpoint })
    }
  }
}
