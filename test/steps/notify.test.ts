/** A notify step: what it can read, what goes with it, and that a message that cannot be sent is a failure of the step. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { hookServer, mailServer } from '../kit/message-servers.ts'
import { runDefinition, type TestRunOptions, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
  place.write('in/a.csv', 'id,age\n1,20\n2,300\n3,40\n')
})
afterEach(() => place.clear())

const pipeline = (settings: string, more = '') => `version: 1
id: people
inputs: {team: {type: string, default: data@example.com}}
steps:
  - {id: find, type: discover, with: {source: "${place.folder}/in/*.csv"}}
  - {id: check, type: validate, with: {rules: [{rule_type: range, column: age, max: 120, on_fail: quarantine}]}, on_error: {max_bad_rows: 50%}}
  - {id: publish, type: export, with: {to: "${place.folder}/out", format: csv}}
  - {id: tell, type: notify, with: ${settings}${more}}
`

const run = (definition: string, options: Partial<TestRunOptions> = {}) =>
  runDefinition(definition, { store: join(place.folder, 'store'), ...options })

describe('a notify step', () => {
  it('sends a mail with values of steps, of inputs and of the run, and with what it includes', async () => {
    const mail = await mailServer()
    const settings = `{type: email, to: ["{{ inputs.team }}"], subject: "{{ find.result.count }} file, {{ rows.out }} rows, {status}", html: "<h3>{{ ds }}</h3><p>{{ rows }}</p>", include: [report, quarantine]}`
    const { status, results } = await run(pipeline(settings), { post: { smtp: mail.url } })
    expect(status).toBe('SUCCEEDED')
    const [{ to, source } = { to: [], source: '' }] = mail.mails
    expect(to).toEqual(['data@example.com'])
    expect(source).toMatch(/^Subject: 1 file, 2 rows, succeeded\r$/m)
    expect(source).toContain('<h3>2026-01-02</h3><p>3 in = 2 out + 1 quarantined</p>')
    expect(source).toContain('filename=report.txt')
    expect(source).toContain('filename=quarantine.csv')
    const own = results.find(({ event }) => event.step === 'tell')?.result
    expect(own?.['result']).toEqual({ sent: true, to: 'data@example.com' })
  })

  it('has one id, whatever is tried again', async () => {
    const hook = await hookServer()
    hook.answers.push({ status: 503 })
    const settings = `{type: webhook, url: "${hook.url}", retries: 0}`
    const { status } = await run(pipeline(settings, ', retry: {interval: 1s}'))
    expect(status).toBe('SUCCEEDED')
    expect(hook.posts.map(({ headers }) => headers['webhook-id'])).toEqual(['r-test.tell', 'r-test.tell'])
  })

  it('that cannot send fails, and its on_error applies', async () => {
    const settings = '{type: webhook, url: "http://127.0.0.1:9/", retries: 0}'
    const failed = await run(pipeline(settings, ', retry: {max_attempts: 0}'))
    expect([failed.status, failed.error, failed.step]).toEqual(['FAILED', 'Transient.Unavailable', 'tell'])
    const partial = await run(pipeline(settings, ', retry: {max_attempts: 0}, on_error: {continue_on_error: true}'), { run: 'r-2' })
    expect([partial.status, partial.report.run.status]).toEqual(['SUCCEEDED', 'partial'])
  })

  it('refuses an address that a run gives it and that is none', async () => {
    const settings = '{type: email, to: ["{{ inputs.team }}"]}'
    const { error, cause } = await run(pipeline(settings), { inputs: { team: 'nobody' } })
    expect([error, cause]).toEqual(['Definition.InvalidSetting', "item 1 of `to` is 'nobody'"])
  })
})

describe('the settings of a channel', () => {
  const problems = (settings: string) => {
    const compiled = compile(pipeline(settings), { file: 'p.yaml' })
    const found = (compiled.ok ? compiled.warnings : compiled.problems).filter(({ code }) => code !== 'unused-input')
    return found.map(({ code, path, what }) => `${code} ${path}: ${what}`)
  }

  it.each([
    ['{type: email}', 'invalid-value steps.3.with: `type: email` has no `to`'],
    ['{type: email, to: a@example.com, url: "http://x"}', 'invalid-value steps.3.with.url: `url` is not a setting of `type: email`'],
    [
      '{type: email, to: a@example.com, recipients: [a@example.com]}',
      'invalid-value steps.3.with.recipients: `to` and `recipients` are two names of one setting',
    ],
    ['{type: emial, to: a@example.com}', "invalid-value steps.3.with.type: `type` is 'emial'"],
    ['{type: email, to: nobody}', "invalid-value steps.3.with.to: `to` is 'nobody'"],
    [
      '{type: slack, url: "https://hooks.slack.com/services/T/B/X"}',
      'secret-in-the-open steps.3.with.url: `url` is a secret, but its value would be visible in the state machine and in the files of every run',
    ],
    [
      '{type: webhook, url: "https://x", secret: abcdef}',
      'secret-in-the-open steps.3.with.secret: `secret` is a secret, but its value would be visible in the state machine and in the files of every run',
    ],
    ['{type: webhook, url: "https://x", text: "{{ nothing }}"}', 'unknown-name steps.3.with.text: unknown name `nothing`'],
    [
      '{type: webhook, url: "https://x", text: "{pipeline_nmae}"}',
      'unknown-placeholder steps.3.with.text: a message has no `{pipeline_nmae}`, and will contain it as it is',
    ],
    ['{type: webhook, url: "${secret.URL}"}', ''],
    ['{type: webhook, url: "https://example.com"}', ''],
  ])('%s', (settings, problem) => {
    expect(problems(settings)).toEqual(problem === '' ? [] : [problem])
  })
})
