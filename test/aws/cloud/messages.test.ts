/** The messages of a pipeline on AWS: topics for the addresses, what the functions may do and know, and what must not be deployed. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of templates, as texts
import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/json.ts'
import { assertLambdas, ofType, one, pipelineStack, PLAIN, resourcesOf, statementsOf } from './stacks.ts'

beforeAll(assertLambdas)

const NOTIFICATIONS = `notifications:
  on_failure: {type: email, to: [ops@example.com]}
  on_success:
    - {type: email, to: [b@example.com, a@example.com], subject: Ready}
    - {type: webhook, url: "\${secret.HOOK_URL}"}
`
const told = (steps = '') => `${PLAIN.replace('steps:', `${NOTIFICATIONS}steps:`)}${steps}`

describe('messages of a deployed pipeline', () => {
  it('have a topic for each list of addresses, which the functions of control may publish to', () => {
    const resources = resourcesOf(pipelineStack(told()))
    const subscribed = ofType(resources, 'AWS::SNS::Subscription').map(({ Properties }) => [Properties['TopicArn'], Properties['Endpoint']])
    expect(subscribed).toEqual([
      ['${PipelineAlarmTopic}', 'ops@example.com'],
      ['${PipelineMailTopic1}', 'a@example.com'],
      ['${PipelineMailTopic1}', 'b@example.com'],
    ])
    const { Policies } = one(resources, 'AWS::IAM::Role', 'ControlRole').Properties as unknown as { Policies: readonly JsonObject[] }
    const statements = Policies.flatMap(statementsOf)
    expect(statements.find(({ Sid }) => Sid === 'SendMail')).toMatchObject({
      Action: 'sns:Publish',
      Resource: expect.arrayContaining(['${PipelineAlarmTopic}', '${PipelineMailTopic1}']),
    })
    const { Environment } = one(resources, 'AWS::Lambda::Function', 'ControlFunction').Properties as {
      Environment: { Variables: JsonObject }
    }
    expect(JSON.stringify(Environment.Variables['SIFTSTEP_TOPICS'])).toContain('a@example.com,b@example.com')
    expect(Environment.Variables['SIFTSTEP_ON']).toBe(' --on aws')
    expect(JSON.stringify(statements)).toContain('siftstep/HOOK_URL-??????')
  })

  it('to addresses that only a run knows need a server of their own', () => {
    const step = (smtp: string) => `  - {id: tell, type: notify, with: {type: email, to: ["{{ ds }}"]${smtp}}}\n`
    const messages = (definition: string) =>
      JSON.stringify(
        pipelineStack(definition)
          .node.findAll()
          .flatMap(({ node }) => node.metadata),
      )
    expect(messages(told(step('')))).toContain('the addresses of tell are known only in a run')
    expect(messages(told(step(', smtp: "${secret.SMTP}"')))).not.toContain('known only in a run')
  })
})
