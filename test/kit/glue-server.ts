/** The AWS Glue Data Catalog on the loopback, as far as siftstep asks it. It rejects what Glue rejects, and unknown requests. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Json, JsonObject } from '#core/json.ts'

export interface GlueTable {
  readonly Name: string
  readonly TableType?: string
  readonly Description?: string
  readonly Parameters: { readonly [name: string]: string }
  readonly StorageDescriptor: {
    readonly Location: string
    readonly Columns: readonly { readonly Name: string; readonly Type: string; readonly Comment?: string }[]
  }
  readonly VersionId: string
}

export interface TestGlue {
  readonly url: string
  /** By `database.table`. */
  readonly tables: Map<string, GlueTable>
  readonly databases: Set<string>
  /** Every action so far. */
  readonly calls: string[]
  /** Called before an action is carried out; what it returns is refused with. `reset` cuts the connection, `lose` the response. */
  before: (action: string) => Refusal | undefined
  close(): Promise<void>
}

type Refusal = 'reset' | 'lose' | { readonly status?: number; readonly type: string; readonly message?: string }

class GlueFailure extends Error {}

export async function startGlue(): Promise<TestGlue> {
  const tables = new Map<string, GlueTable>()
  const databases = new Set<string>()
  const fail = (name: string, message: string) => Object.assign(new GlueFailure(message), { name })
  const input = (given: Json | undefined) => {
    const { VersionId: _, ...table } = given as unknown as GlueTable
    if (!/^[a-z0-9_]+$/.test(table.Name)) throw fail('InvalidInputException', `Table name ${table.Name} is not valid`)
    return table
  }
  const ACTIONS: { readonly [action: string]: (asked: JsonObject) => Json } = {
    GetDatabase: ({ Name }) => {
      if (!databases.has(String(Name))) throw fail('EntityNotFoundException', `Database ${String(Name)} not found.`)
      return { Database: { Name: String(Name) } }
    },
    GetTable: ({ DatabaseName, Name }) => {
      const found = tables.get(`${String(DatabaseName)}.${String(Name)}`)
      if (found === undefined) throw fail('EntityNotFoundException', `Entity Not Found (table ${String(Name)})`)
      return { Table: { ...found, DatabaseName: String(DatabaseName) } as unknown as Json }
    },
    CreateTable: ({ DatabaseName, TableInput }) => {
      const table = input(TableInput)
      const name = `${String(DatabaseName)}.${table.Name}`
      if (!databases.has(String(DatabaseName))) throw fail('EntityNotFoundException', `Database ${String(DatabaseName)} not found.`)
      if (tables.has(name)) throw fail('AlreadyExistsException', `Table already exists: ${name}`)
      tables.set(name, { ...table, VersionId: '0' })
      return {}
    },
    UpdateTable: ({ DatabaseName, TableInput, VersionId, SkipArchive }) => {
      const table = input(TableInput)
      const name = `${String(DatabaseName)}.${table.Name}`
      const found = tables.get(name)
      if (found === undefined) throw fail('EntityNotFoundException', `Table ${name} not found.`)
      if (SkipArchive !== true) throw fail('ResourceNumberLimitExceededException', 'too many versions')
      if (VersionId !== undefined && VersionId !== found.VersionId)
        throw fail('ConcurrentModificationException', `Update table failed due to concurrent modifications.`)
      tables.set(name, { ...table, VersionId: String(Number(found.VersionId) + 1) })
      return {}
    },
  }
  const glue: TestGlue = { url: '', tables, databases, calls: [], before: () => undefined, close: async () => {} }
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const [service, action = ''] = String(request.headers['x-amz-target'] ?? '').split('.')
    const refusal = glue.before(action)
    glue.calls.push(action)
    const answer = (status: number, json: Json) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify(json))
    }
    try {
      if (refusal === 'reset') return void request.socket.destroy()
      if (typeof refusal === 'object')
        return answer(refusal.status ?? 400, { __type: refusal.type, Message: refusal.message ?? refusal.type })
      const act = ACTIONS[action]
      if (service !== 'AWSGlue' || act === undefined) throw fail('UnknownOperationException', action)
      if (request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') !== true) throw fail('MissingAuthenticationTokenException', action)
      const result = act(JSON.parse(body) as JsonObject)
      if (refusal === 'lose') return void request.socket.destroy()
      answer(200, result)
    } catch (error) {
      if (!(error instanceof GlueFailure)) return answer(500, { __type: 'TestServerBug', Message: String(error) })
      answer(400, { __type: error.name, Message: error.message })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(glue, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
