/** What the name of a column says about its digits. */
import type { Evidence } from './evidence.ts'

/** Names of columns whose numbers with points are versions or chapters, in which 1.10 is not 1.1. */
const VERSIONS = /(^|[^a-z])(version|ver|release|firmware|revision|rev|build|chapter|section|clause|kapitel)s?([^a-z]|$)/i
const VERSION_BEHIND = /[a-z](Version|Release)$/

/** Names of columns in which digits are a code. */
const CODES =
  /zip|post(al)?_?code|plz|fips|(^|[_\s-])(id|code|key|no|nr|number|account|isbn|ean|upc|gtin)$|^(id|code|key)([_\s-]|$)|[a-z](Id|Code|Key|No)$/i
const CLASSES = /(^|[^a-z])(icd|class|category|item|article|art|sku|part|nace|isic|cpv|dewey)([^a-z]|$)/i

export const PHONES = /phone|mobile|fax|(^|[_\s-])(tel|cell)([_\s-]|$)/i

/** Whether numbers with points are names: versions, or codes with zeros at the end of different numbers of decimals. */
export const areVersions = (name: string, { scales, trailing }: Evidence) =>
  VERSIONS.test(name) ||
  VERSION_BEHIND.test(name) ||
  ((CODES.test(name) || CLASSES.test(name)) && trailing > 0 && Object.keys(scales).length > 1)
