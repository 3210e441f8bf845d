/** What the end of a run tells whom: every event by every channel, what is kept, and what cannot be sent. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TaskError } from '#core/errors/errors.ts'
import { hookServer, mailServer } from '../../kit/message-servers.ts'
import { runDefinition, type TestRunOptions, type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
  place.write('in/ok.csv', 'id,age\n1,20\n2,30\n3,40\n')
})
afterEach(() => place.clear())

/** A pipeline that publishes three rows, or fails, with these notifications. */
const pipeline = (notifications: string, { fails = false, more = '' } = {}) => `version: 1
id: people
name: All <people>
notifications: ${notifications}
steps:
  - {id: find, type: discover, with: {source: "${place.folder}/in/${fails ? 'none' : '*'}.csv"}}
${more}  - {id: publish, type: export, with: {to: "${place.folder}/out", format: csv}}
`

async function run(definition: string, options: Partial<TestRunOptions> = {}) {
  const outcome = await runDefinition(definition, { store: join(place.folder, 'store'), ...options })
  const notices = outcome.results.flatMap(({ result }) => (result['notices'] ?? []) as unknown as { [name: string]: string | null }[])
  return { ...outcome, notices }
}

describe('each channel for each event', () => {
  it('mails a success and posts a failure', async () => {
    const [mail, hook] = [await mailServer(), await hookServer()]
    const told = (fails: boolean) =>
      pipeline(
        `{on_success: {type: email, to: [a@example.com, b@example.com], subject: "{pipeline_name} {status}"}, on_failure: {type: webhook, url: "${hook.url}/failed"}}`,
        { fails },
      )
    const good = await run(told(false), { post: { smtp: mail.url } })
    expect([good.status, good.notices.map(({ how, to }) => `${how} ${to}`)]).toEqual(['SUCCEEDED', ['sent a@example.com, b@example.com']])
    expect(mail.mails.map(({ to }) => to)).toEqual([['a@example.com', 'b@example.com']])
    expect(mail.mails[0]?.source).toMatch(/^Subject: All <people> succeeded\r$/m)
    expect(mail.mails[0]?.source).toContain('Rows: 3 in = 3 out')
    expect(hook.posts).toEqual([])
    const bad = await run(told(true), { run: 'r-bad', post: { smtp: mail.url } })
    expect([bad.status, bad.error]).toEqual(['FAILED', 'Data.NoSources'])
    expect(mail.mails).toHaveLength(1)
    expect(hook.posts.map(({ path, body }) => [path, body['event'], body['status'], (body['run'] as { id: string }).id])).toEqual([
      ['/failed', 'failure', 'failed', 'r-bad'],
    ])
    expect(hook.posts[0]?.body['error']).toMatch(/^Data\.NoSources: find: /)
    expect(hook.posts[0]?.body['command']).toBe('siftstep resume r-bad')
  })

  it('posts a success and mails a failure', async () => {
    const [mail, hook] = [await mailServer(), await hookServer()]
    const told = (fails: boolean) =>
      pipeline(
        `{on_success: {type: webhook, url: "${hook.url}"}, on_failure: {type: email, to: [a@example.com], subject: "Pipeline Failed: {pipeline_name}", include: [report, redrive_command]}}`,
        { fails },
      )
    await run(told(false), { post: { smtp: mail.url } })
    expect(hook.posts.map(({ body }) => [body['event'], body['rows'], body['error']])).toEqual([
      ['success', { in: 3, out: 3, quarantined: 0, deduplicated: 0, filtered: 0 }, null],
    ])
    await run(told(true), { run: 'r-bad', post: { smtp: mail.url } })
    expect(hook.posts).toHaveLength(1)
    const [{ source = '' } = {}] = mail.mails
    expect(source).toContain('Subject: Pipeline Failed: All <people>')
    expect(source).toContain('filename=quality-report.html')
    expect(source).toContain('Next: siftstep resume r-bad')
    expect(source).toContain('Message-ID: <r-bad.on_failure@siftstep>')
  })

  it('takes a list, and none', async () => {
    const hook = await hookServer()
    const list = `[{type: slack, url: "\${secret.SLACK}"}, {type: teams, url: "\${secret.TEAMS}", subject: Ready}]`
    const secrets = { SLACK: `${hook.url}/slack-key`, TEAMS: `${hook.url}/teams-key` }
    const { notices } = await run(pipeline(`{on_success: ${list}, on_quality: none}`), { secrets })
    expect(notices.map(({ channel, how }) => `${channel} ${how}`)).toEqual(['slack sent', 'teams sent'])
    expect(hook.posts.map(({ path }) => path)).toEqual(['/slack-key', '/teams-key'])
    expect(hook.posts[0]?.body['text']).toMatch(/^\*All &lt;people&gt;: run r-test succeeded\*\nPipeline: All &lt;people&gt;/)
    const content = (hook.posts[1]?.body['attachments'] as { content: { type: string; body: { text: string }[] } }[] | undefined)?.[0]
      ?.content
    expect([content?.type, content?.body[0]?.text]).toEqual(['AdaptiveCard', 'Ready'])
  })
})

describe('on_quality', () => {
  const rules = (rule: string) => `  - {id: check, type: validate, with: {rules: [${rule}]}}\n`

  it('tells of a run that completed in part', async () => {
    const hook = await hookServer()
    const more = rules('{rule_type: range, column: age, max: 25, on_fail: quarantine}')
    const { notices, report } = await run(pipeline(`{on_quality: {type: webhook, url: "${hook.url}"}}`, { more }))
    expect([report.run.status, notices.length]).toEqual(['partial', 1])
    expect(hook.posts[0]?.body).toMatchObject({ event: 'quality', status: 'partial', rows: { in: 3, out: 1, quarantined: 2 } })
  })

  it('tells of a gate that was not met, and of a score below the least one', async () => {
    const hook = await hookServer()
    const notifications = `{on_quality: {type: webhook, url: "${hook.url}"}}`
    const more = rules('{rule_type: row_count, min: 10, on_fail: fail}')
    const failed = await run(pipeline(notifications, { more }))
    expect([failed.error, hook.posts.map(({ body }) => body['status'])]).toEqual(['Quality.GateFailed', ['failed']])
    place.write('in/ok.csv', 'id,age\n1,\n2,30\n3,40\n')
    const scored = pipeline(notifications).replace('steps:', 'monitoring: {min_quality: 99.9%}\nsteps:')
    const low = await run(
      scored.replace('steps:', 'steps:').replace('  - {id: publish', '  - {id: look, type: profile}\n  - {id: publish'),
      {
        run: 'r-low',
      },
    )
    expect(low.report.summary.quality_score).not.toBe(1)
    expect(hook.posts).toHaveLength(2)
  })

  it('tells nothing of a good run', async () => {
    const hook = await hookServer()
    const { notices } = await run(
      pipeline(`{on_quality: {type: webhook, url: "${hook.url}"}, on_failure: {type: webhook, url: "${hook.url}"}}`),
    )
    expect([notices, hook.posts]).toEqual([[], []])
  })
})

describe('on_retry', () => {
  it('tells at the end which tasks were tried again', async () => {
    const hook = await hookServer()
    const notifications = `{on_retry: {type: webhook, url: "${hook.url}"}}`
    const quick = pipeline(notifications).replace('steps:', 'defaults: {retry: {interval: 1s}}\nsteps:')
    const { status } = await run(quick, {
      beforeTask: ({ task }, attempt) => {
        if (task === 'list' && attempt < 3) throw new TaskError('Transient.Unavailable', 'not now')
      },
    })
    expect([status, hook.posts.map(({ body }) => body['event'])]).toEqual(['SUCCEEDED', ['retry']])
    expect(hook.posts[0]?.body['text']).toContain('find: list was tried again, 2 times')
  })

  it('tells nothing where nothing was tried again', async () => {
    const hook = await hookServer()
    const { notices } = await run(pipeline(`{on_retry: {type: webhook, url: "${hook.url}"}}`))
    expect([notices, hook.posts]).toEqual([[], []])
  })
})

describe('webhooks', () => {
  it('are signed, and retried with the same id', async () => {
    const hook = await hookServer()
    hook.answers.push({ status: 503 }, { status: 429, headers: { 'retry-after': '1' } })
    const notifications = `{on_success: {type: webhook, url: "${hook.url}", secret: "\${secret.KEY}", bearer_token: "\${secret.TOKEN}", headers: {X-Team: data}}}`
    const { notices } = await run(pipeline(notifications), { secrets: { KEY: 'sign-me-please', TOKEN: 'let-me-in' } })
    expect(notices.map(({ how }) => how)).toEqual(['sent'])
    expect(hook.posts.map(({ headers }) => headers['webhook-id'])).toEqual(['r-test.on_success', 'r-test.on_success', 'r-test.on_success'])
    for (const { headers, text } of hook.posts) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', 'sign-me-please').update(signed).digest('base64')}`)
      expect([headers.authorization, headers['x-team']]).toEqual(['Bearer let-me-in', 'data'])
    }
  })

  it('that fail are a warning with the reason, and no key is in any file of the run', async () => {
    const hook = await hookServer()
    hook.answers.push(...Array.from({ length: 4 }, () => ({ status: 500 })), { status: 401 })
    const refused = `{on_success: [{type: webhook, url: "${hook.url}"}, {type: webhook, url: "\${secret.URL}", bearer_token: "\${secret.TOKEN}", retries: 0}]}`
    const secrets = { URL: `${hook.url}/a-long-path-key`, TOKEN: 'let-me-in' }
    const { status, notices } = await run(pipeline(refused), { secrets })
    expect(status).toBe('SUCCEEDED')
    expect(notices.map(({ why }) => why?.replace(/\d{4,}/, 'PORT'))).toEqual([
      expect.stringMatching(/^Transient\.Unavailable: posting to 127\.0\.0\.1:PORT: the service answered 500 \(Internal Server Error\)/),
      expect.stringMatching(
        /^Output\.Unwritable: posting to 127\.0\.0\.1:PORT: the service answered 401 \(Unauthorized\) \(check the URL and the keys/,
      ),
    ])
    expect(hook.posts).toHaveLength(5)
    const files = readdirSync(join(place.folder, 'store'), { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
    const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
    expect(texts.length).toBeGreaterThan(5)
    expect(texts.filter((text) => text.includes('let-me-in') || text.includes('a-long-path-key'))).toEqual([])
  })

  it('follow no redirect, which would carry the key elsewhere', async () => {
    const [hook, other] = [await hookServer(), await hookServer()]
    hook.answers.push({ status: 307, headers: { location: other.url } })
    const { notices } = await run(pipeline(`{on_success: {type: webhook, url: "${hook.url}"}}`))
    expect([notices.map(({ how }) => how), other.posts]).toEqual([['failed'], []])
  })
})

describe('mail', () => {
  it('is kept in the outbox of the run where there is no server, escaped where it is HTML', async () => {
    const html = '{on_success: {type: email, to: a@example.com, html: "<p>{{ pipeline.name }}</p>", include: [quarantine]}}'
    const { notices } = await run(pipeline(html))
    expect(notices.map(({ how, file }) => [how, file])).toEqual([['kept', 'runs/r-test/outbox/r-test.on_success.eml']])
    const source = readFileSync(join(place.folder, 'store/runs/r-test/outbox/r-test.on_success.eml'), 'utf8')
    expect(source).toContain('<p>All &lt;people&gt;</p>')
    expect(source).toContain('All <people>\nQuarantine: no rows')
    expect(source).toContain('To: a@example.com')
  })

  it('is kept in another folder where the environment says so', async () => {
    await run(pipeline('{on_success: {type: email, to: [a@example.com]}}'), { post: { outbox: join(place.folder, 'mails') } })
    expect(readdirSync(join(place.folder, 'mails'))).toEqual(['r-test.on_success.eml'])
  })

  it('goes out by a server with a user, whose password is in no file', async () => {
    const mail = await mailServer({ name: 'ana', password: 'p@ss/word' })
    const { notices } = await run(pipeline('{on_success: {type: email, to: [a@example.com], smtp: "${secret.SMTP}"}}'), {
      secrets: { SMTP: mail.url },
    })
    expect([notices.map(({ how }) => how), mail.mails.length]).toEqual([['sent'], 1])
  })

  it('that is refused says why', async () => {
    const mail = await mailServer({ name: 'ana', password: 'right-one' })
    const notifications = '{on_success: {type: email, to: [a@example.com], smtp: "${secret.SMTP}"}}'
    const wrong = await run(pipeline(notifications), { secrets: { SMTP: mail.url.replace('right-one', 'wrong-one') } })
    expect(wrong.notices[0]?.['why']).toMatch(
      /^Output\.Unwritable: sending mail by 127\.0\.0\.1:\d+: the server does not accept the user or password/,
    )
    mail.refusals.push(550)
    const refused = await run(pipeline(notifications), { run: 'r-2', secrets: { SMTP: mail.url } })
    expect(refused.notices[0]?.['why']).toMatch(/the server refused the mail \(550\)/)
    const nobody = await run(pipeline(notifications), { run: 'r-3', secrets: { SMTP: 'smtp://127.0.0.1:9' } })
    expect([nobody.status, nobody.notices[0]?.['why']]).toEqual([
      'SUCCEEDED',
      expect.stringMatching(/^Transient\.Unavailable: .*connection refused/),
    ])
  })
})

describe('a run that is carried out again', () => {
  it('does not tell what it has told', async () => {
    const hook = await hookServer()
    const definition = pipeline(`{on_success: {type: webhook, url: "${hook.url}"}}`)
    await run(definition)
    await run(definition)
    expect(hook.posts).toHaveLength(1)
  })
})
