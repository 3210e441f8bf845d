/** What can be done at addresses of HTTP: their data is fetched. */
import { count } from '#core/text/numbers.ts'
import type { DownloadConnector, Options } from '../connector.ts'
import { fetchFile, listFile } from './file.ts'
import { asksRecords, fetchRecords, recordsOfFirstPage } from './records.ts'

/** A look asks once, and does not wait for long. */
const BRIEFLY: Options = { timeout: 10, retries: 0 }

export const httpConnector: DownloadConnector = {
  holds: 'downloads',
  // how much an API has is known only when all of it was read
  list: async (uri, options) => [asksRecords(options) ? { uri, bytes: 0 } : await listFile(uri, options)],
  look: async (uri, options) => {
    const brief = { ...options, ...BRIEFLY }
    if (asksRecords(options))
      return { found: `the server answers with ${count(await recordsOfFirstPage(uri, brief), 'record')} on its first page` }
    const { bytes } = await listFile(uri, brief)
    return { found: 'the server answers', ...(bytes > 0 ? { bytes } : {}) }
  },
  download: (uri, path, options) => (asksRecords(options) ? fetchRecords : fetchFile)(uri, path, options),
}
