/** Calls to the AWS Glue Data Catalog, from the environment as those to S3. */
import {
  CreateTableCommand,
  GetDatabaseCommand,
  GetTableCommand,
  GlueClient,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { countRetries } from '#core/task/metrics.ts'
import { attempts, type Environment } from '#io/s3/client.ts'
import { glueError } from './errors.ts'
import { type CatalogTable, nameInCatalog } from './table.ts'

export interface Catalog {
  hasDatabase(name: string): Promise<boolean>
  /** Undefined if there is none. */
  table(name: CatalogTable): Promise<Table | undefined>
  /** False if it was there already. */
  create(name: CatalogTable, table: TableInput): Promise<boolean>
  /** False if it is no longer the version that was read. */
  update(name: CatalogTable, table: TableInput, version: string | undefined): Promise<boolean>
}

export function openCatalog(env: Environment = process.env): Catalog {
  // the SDK version is pinned, so its warning about later versions is of no use to a person who runs a pipeline
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const endpoint = env['AWS_ENDPOINT_URL_GLUE'] ?? env['AWS_ENDPOINT_URL']
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? (endpoint === undefined ? undefined : 'us-east-1')
  const client = new GlueClient({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    retryMode: 'standard',
    maxAttempts: attempts(env),
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  })
  const at = ({ database, table }: CatalogTable) => ({ DatabaseName: database, Name: table })
  return {
    hasDatabase: async (name) => {
      const found = await call({ doing: `reading the database ${name}`, action: 'glue:GetDatabase', of: `database/${name}` }, MISSING, () =>
        client.send(new GetDatabaseCommand({ Name: name })),
      )
      return found !== undefined
    },
    table: async (name) =>
      (await call(about('reading', 'glue:GetTable', name), MISSING, () => client.send(new GetTableCommand(at(name)))))?.Table,
    create: async (name, table) => {
      const made = await call(about('creating', 'glue:CreateTable', name), ['AlreadyExistsException'], () =>
        client.send(new CreateTableCommand({ DatabaseName: name.database, TableInput: table })),
      )
      return made !== undefined
    },
    update: async (name, table, version) => {
      const made = await call(about('changing', 'glue:UpdateTable', name), CHANGED, () =>
        client.send(
          new UpdateTableCommand({
            DatabaseName: name.database,
            TableInput: table,
            // a version for each run would count against the quota of versions
            SkipArchive: true,
            ...(version === undefined ? {} : { VersionId: version }),
          }),
        ),
      )
      return made !== undefined
    },
  }
}

const MISSING = ['EntityNotFoundException']
const CHANGED = ['ConcurrentModificationException', 'VersionMismatchException', 'EntityNotFoundException']

interface About {
  readonly doing: string
  readonly action: string
  /** The end of the ARN. */
  readonly of: string
}

const about = (doing: string, action: string, name: CatalogTable): About => ({
  doing: `${doing} the table ${nameInCatalog(name)}`,
  action,
  of: `table/${name.database}/${name.table}`,
})

type Answer = { readonly $metadata: { readonly attempts?: number | undefined } }

/** The response; undefined for an error of these names. */
async function call<T extends Answer>(what: About, expected: readonly string[], send: () => Promise<T>): Promise<T | undefined> {
  try {
    const answer = await send()
    countRetries((answer.$metadata.attempts ?? 1) - 1)
    return answer
  } catch (error) {
    countRetries(((error as Partial<Answer>).$metadata?.attempts ?? 1) - 1)
    if (expected.includes((error as Error).name)) return undefined
    throw glueError(error, what)
  }
}
