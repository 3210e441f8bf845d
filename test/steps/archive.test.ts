/** archive: exactly the files that were read, verified, and never over another file. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runDefinition, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

const at = (path: string) => join(place.folder, path)
const definition = (settings: string, after = '') => `version: 1
id: orders
steps:
  - {id: read, type: process, with: {source: "${at('in/*.csv')}", to: "${at('out.csv')}"}}
  - {id: keep, type: archive, with: {files: "{{ read.result.inputs }}", to: "${at('archive/2024/')}", ${settings}}}
${after}`
const archived = (name: string) => at(`archive/2024/${name}`)

describe('archive', () => {
  it('moves the files that were read, and leaves those that arrived later', async () => {
    place.write('in/a.csv', 'id,n\n1,2\n')
    place.write('in/b,c:d.csv', 'id,n\n3,4\n')
    const run = await runDefinition(definition('verify: checksum'), {
      store: at('store'),
      afterTask: ({ task }) => {
        if (task === 'commit') place.write('in/late.csv', 'id,n\n9,9\n')
      },
    })
    expect(run.status).toBe('SUCCEEDED')
    expect(['a.csv', 'b,c:d.csv'].map((name) => [existsSync(at(`in/${name}`)), readFileSync(archived(name), 'utf8')])).toEqual([
      [false, 'id,n\n1,2\n'],
      [false, 'id,n\n3,4\n'],
    ])
    expect([existsSync(at('in/late.csv')), existsSync(archived('late.csv'))]).toEqual([true, false])
    expect(run.results.at(-2)?.result['result']).toEqual({ files: 2, bytes: 18 })
  })

  it('copies, and gives each file a name', async () => {
    place.write('in/a.csv', 'id,n\n1,2\n')
    const text = definition('mode: copy').replace('archive/2024/"', 'archive/2024/old_{source.file}"')
    const run = await runDefinition(text, { store: at('store') })
    expect([run.status, existsSync(at('in/a.csv')), existsSync(archived('old_a.csv'))]).toEqual(['SUCCEEDED', true, true])
  })

  it.each(['$$cash.csv', '$&.csv', '{source.name}.csv'])('keeps the name %s as it is', async (name) => {
    place.write(`in/${name}`, 'id,n\n1,2\n')
    const text = definition('mode: move').replace('archive/2024/"', 'archive/2024/old_{source.file}"')
    const run = await runDefinition(text, { store: at('store') })
    expect([run.cause, readdirSync(archived(''))]).toEqual([undefined, [`old_${name}`]])
  })

  it('overwrites nothing: a file of that name with other content fails the step, and both stay', async () => {
    place.write('in/a.csv', 'id,n\n1,2\n')
    place.write('archive/2024/a.csv', 'of last week')
    const run = await runDefinition(definition('mode: move'), { store: at('store') })
    expect([run.error, run.step]).toEqual(['Output.Conflict', 'keep'])
    expect(run.cause).toContain('a file with other content has this name in the archive')
    expect([readFileSync(at('in/a.csv'), 'utf8'), readFileSync(archived('a.csv'), 'utf8')]).toEqual(['id,n\n1,2\n', 'of last week'])
  })

  it('fails before it moves anything where two files have one name', async () => {
    for (const folder of ['x', 'y']) place.write(`in/${folder}/a.csv`, `id,n\n1,${folder.length}\n`)
    const run = await runDefinition(definition('mode: move').replace('in/*.csv', 'in/**/*.csv'), { store: at('store') })
    expect([run.error, run.cause]).toEqual(['Output.Conflict', expect.stringContaining('it would be the archive of both')])
    expect([existsSync(at('in/x/a.csv')), existsSync(at('in/y/a.csv')), existsSync(at('archive'))]).toEqual([true, true, false])
  })

  it('does not archive a file that was written again after it was read', async () => {
    place.write('in/a.csv', 'id,n\n1,2\n')
    const run = await runDefinition(definition('mode: move'), {
      store: at('store'),
      beforeTask: ({ task, step }) => {
        if (task !== 'control' || step !== 'keep') return
        writeFileSync(at('in/a.csv'), 'id,n\n1,3\n')
        utimesSync(at('in/a.csv'), new Date(1e12), new Date(1e12))
      },
    })
    expect([run.error, existsSync(at('in/a.csv')), existsSync(at('archive'))]).toEqual(['Data.SourceChanged', true, false])
  })

  it.each([
    ['after the first file was moved', 'a.csv'],
    ['after the last', 'b.csv'],
  ])('goes on where it was stopped: %s', async (_when, moved) => {
    place.write('in/a.csv', 'id,n\n1,2\n')
    place.write('in/b.csv', 'id,n\n3,4\n')
    let calls = 0
    const text = definition('mode: move')
    const first = await runDefinition(text, {
      store: at('store'),
      afterTask: ({ task, step }) => {
        if (task === 'control' && step === 'keep' && calls++ === 0) throw new Error('killed')
      },
    })
    expect(first.status).toBe('FAILED')
    // the state of a process that was killed in between
    if (moved === 'a.csv') {
      mkdirSync(at('in'), { recursive: true })
      writeFileSync(at('in/b.csv'), readFileSync(archived('b.csv')))
      rmSync(archived('b.csv'))
    }
    rmSync(at('store/runs/r-test/tasks/keep'), { recursive: true, force: true })
    const list = `version: 1\nid: orders\nsteps:\n  - {id: keep, type: archive, with: {files: ["${at('in/a.csv')}", "${at('in/b.csv')}"], to: "${at('archive/2024/')}"}}\n`
    const second = await runDefinition(list, { store: at('store') })
    expect([second.status, second.cause]).toEqual(['SUCCEEDED', undefined])
    expect([readFileSync(archived('a.csv'), 'utf8'), readFileSync(archived('b.csv'), 'utf8')]).toEqual(['id,n\n1,2\n', 'id,n\n3,4\n'])
    expect([existsSync(at('in/a.csv')), existsSync(at('in/b.csv'))]).toEqual([false, false])
  })

  it('names a file that is gone, and an archive that is its own folder', async () => {
    const list = (to: string) =>
      `version: 1\nid: orders\nsteps:\n  - {id: keep, type: archive, with: {files: ["${at('in/a.csv')}"], to: "${at(to)}"}}\n`
    const gone = await runDefinition(list('archive'), { store: at('store') })
    expect([gone.error, gone.cause]).toEqual(['Data.NoSources', expect.stringContaining('is gone before it was archived')])
    place.write('in/a.csv', 'id\n1\n')
    const same = await runDefinition(list('in/'), { store: at('store'), run: 'r-2' })
    expect([same.error, existsSync(at('in/a.csv'))]).toEqual(['Output.Conflict', true])
  })
})
