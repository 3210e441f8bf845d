/** The settings of a connection to an HTTP server, and of what is read there. */
import * as z from 'zod'
import { isThisMachine } from '#core/text/address-parts.ts'
import { paginationSettings, recordsPath } from './paging.ts'
import { FORMAT_NAMES, SOURCE_OPTIONS } from '#io/formats/index.ts'

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
/** Without a user and a fragment. */
const httpUrl = z.string().regex(/^https?:\/\/[^/?#@\s]+([/?][^#]*)?$/i)
const secret = z.string().min(1).optional()

/** The settings of which at most one can be given, with those that belong to it. */
const LOGINS = [
  ['bearer_token'],
  ['user', 'password'],
  ['api_key', 'api_key_header', 'api_key_query'],
  ['client_id', 'client_secret', 'token_url', 'scope'],
] as const

/** Headers that prove who asks. Their values would be visible in the state machine. */
const LOGIN_HEADERS = /^(authorization|proxy-authorization|cookie|x-api-key|api-key)$/i

/** Whether what is sent to an address cannot be read on the way: encrypted, or on this machine. */
export const isPrivate = (address: string): boolean => !/^http:/i.test(address) || isThisMachine(new URL(address).hostname)

export const connectionSettings = z
  .strictObject({
    base_url: httpUrl.optional().describe('The address that `endpoint` continues: `https://api.example.com/v1`.'),
    url: secret.describe('In place of `base_url`: the whole address of one file as a secret, such as a signed address.'),
    user: z.string().min(1).optional().describe('The user of HTTP Basic.'),
    password: secret.describe('The password of HTTP Basic, a secret.'),
    bearer_token: secret.describe('A token, sent as `Authorization: Bearer …`; a secret.'),
    api_key: secret.describe('A key, a secret.'),
    api_key_header: headerName.optional().describe('The header that the key is sent in (default: X-API-Key).'),
    api_key_query: z.string().min(1).optional().describe('The parameter of the address that the key is sent in, in place of a header.'),
    client_id: z.string().min(1).optional().describe('The client of OAuth 2 client credentials.'),
    client_secret: secret.describe('Its secret.'),
    token_url: httpUrl.optional().describe('The address that gives a token for the client.'),
    scope: z.string().min(1).optional().describe('The scopes that are asked for, with spaces between them.'),
    headers: z.record(headerName, z.string()).optional().describe('Headers of every request, without secrets.'),
    ca: z.string().min(1).optional().describe('The certificate of the authority as PEM text (default: the public authorities).'),
    timeout: z.int().min(1).max(600).optional().describe('Seconds without a byte from the server before a request fails (default: 60).'),
    retries: z
      .int()
      .min(0)
      .max(20)
      .optional()
      .describe(
        'How often a request is repeated when the server does not answer, answers 408, 429 or 5xx, or loses the connection (default: 5). `Retry-After` is kept to.',
      ),
  })
  .refine(({ base_url, url }) => (base_url === undefined) !== (url === undefined), 'give either `base_url` or `url`')
  .refine(
    (given) => LOGINS.filter((names) => names.some((name) => given[name] !== undefined)).length <= 1,
    'give one way to log in: `bearer_token`, `user` and `password`, `api_key`, or `client_id` and `client_secret`',
  )
  .refine(
    ({ headers = {} }) => !Object.keys(headers).some((header) => LOGIN_HEADERS.test(header)),
    'a login is no header here, but a secret: `bearer_token`, `user` and `password`, or `api_key` with `api_key_header`',
  )
  .refine(
    (given) =>
      !LOGINS.some((names) => names.some((one) => given[one] !== undefined)) ||
      [given.base_url, given.token_url].every((address) => address === undefined || isPrivate(address)),
    'a login is sent only over https://, or to a server on this machine',
  )
  .refine(({ user, password }) => password === undefined || user !== undefined, '`password` needs a `user`')
  .refine(
    ({ api_key, api_key_header, api_key_query }) =>
      (api_key !== undefined || (api_key_header === undefined && api_key_query === undefined)) &&
      (api_key_header === undefined || api_key_query === undefined),
    'give an `api_key`, with `api_key_header` or `api_key_query`',
  )
  .refine(({ client_id, client_secret, token_url, scope }) => {
    const needed = [client_id, client_secret, token_url].filter((setting) => setting !== undefined).length
    return needed === 3 || (needed === 0 && scope === undefined)
  }, 'give `client_id`, `client_secret` and `token_url` together')

export const sourceSettings = z
  .strictObject({
    endpoint: z.string().optional().describe('What follows `base_url`: `/exports/orders.csv` (default: nothing).'),
    params: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('Parameters of the address, without secrets.'),
    records: recordsPath
      .optional()
      .describe(
        'Where the list of records is in the JSON of an answer: `data.items`; `$` for the whole answer (default with `pagination`: $).',
      ),
    pagination: paginationSettings.optional().describe('How the records are spread over pages (default: one page).'),
    format: z.enum(FORMAT_NAMES).optional().describe('The format (default: detected from the content).'),
    ...SOURCE_OPTIONS,
  })
  .refine(
    ({ records, pagination, format }) => format === undefined || (records === undefined && pagination === undefined),
    '`records` and `pagination` are of JSON: leave out `format`',
  )

/** Those of the settings that say how the data is read. */
export const READ_SETTINGS: readonly string[] = ['format', ...Object.keys(SOURCE_OPTIONS)]
