/** The settings of zip archives. Apart from the kind, so that what unpacks them, which is loaded later, can use them too. */
import * as z from 'zod'

export const zipOptions = z.strictObject({
  member: z.string().min(1).optional().describe('The file of a zip archive to read, where the archive holds several.'),
})
