/** Two outputs after each other in the Glue catalog of an emulator, by runs on this machine. */
import { deepStrictEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateDatabaseCommand, GetTableCommand, GlueClient } from '@aws-sdk/client-glue'
import type { Chapter } from './chapters.ts'
import { siftstep, trySiftstep } from './run-program.ts'
import type { Services } from './services.ts'

const [DATABASE, TABLE] = ['emulator_tour', 'sales']

const DEFINITION = `version: 1
id: emulator_catalog
inputs:
  source: {type: string, required: true}
  to: {type: string, required: true}
steps:
  - {id: find, type: discover, with: {source: "{{ inputs.source }}"}}
  - {id: publish, type: export, with: {to: "{{ inputs.to }}", partition_by: [region], catalog: {database: ${DATABASE}, table: ${TABLE}}}}
`

interface World {
  readonly env: { readonly [name: string]: string }
  readonly services: Services
  readonly folder: string
  readonly outbox: string
}

export function catalogChapter({ env, services, folder, outbox }: World): Chapter {
  const glue = new GlueClient({
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    region: env['AWS_REGION'] ?? 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const table = async () => (await glue.send(new GetTableCommand({ DatabaseName: DATABASE, Name: TABLE }))).Table
  const file = join(folder, 'catalog.yaml')
  const run = (rows: string) => {
    writeFileSync(join(folder, 'catalog.csv'), rows)
    const inputs = ['--input', `source=${join(folder, 'catalog.csv')}`, '--input', `to=s3://${outbox}/catalog/`]
    return ['run', file, ...inputs, '--store', join(folder, 'catalog-store')]
  }
  return {
    needs: 'the Glue catalog',
    title: 'the Glue catalog: a table is made, and switched to the next output',
    run: async () => {
      writeFileSync(file, DEFINITION)
      const { code, output } = await trySiftstep(run('id,region\n1,East\n'), env)
      notEqual(code, 0)
      match(output, /the Glue catalog has no database emulator_tour/)
      await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DATABASE } }))
      match(
        await siftstep(run('id,region\n1,East\n2,West\n'), env),
        /emulator_tour\.sales \(2 rows\): SELECT \* FROM "emulator_tour"\."sales" LIMIT 10/,
      )
      const first = await table()
      deepStrictEqual(
        first?.StorageDescriptor?.Columns?.map(({ Name, Type }) => [Name, Type]),
        [
          ['id', 'bigint'],
          ['region', 'string'],
        ],
      )
      await siftstep(run('id,region\n3,East\n'), env)
      const second = await table()
      notEqual(second?.Parameters?.['metadata_location'], first?.Parameters?.['metadata_location'])
      equal(second?.Parameters?.['siftstep_pipeline'], 'emulator_catalog')
      const keys = await services.keys(outbox, 'catalog/')
      ok(keys.some((key) => `s3://${outbox}/${key}` === second?.Parameters?.['metadata_location']))
      equal(keys.filter((key) => key.endsWith('.parquet')).length, 1, 'the files of the first output are gone')
      glue.destroy()
      return `${keys.length} objects`
    },
  }
}
