/** The form of an amount, as a pattern that means the same in RE2 and JavaScript. */
import { GROUP_SPACES } from './number-forms.ts'

const SPACE = `[${GROUP_SPACES}]`
const SIGN = '[+\u2212-]'

/**
 * Groups: an opening parenthesis or sign; a currency in front; a sign behind it; digits with their marks; a sign behind them; text without digits; a closing
 * parenthesis.
 */
export const AMOUNT = `^([(]?${SIGN}?)${SPACE}*(\\p{L}{0,3}\\p{Sc}|\\p{L}{1,5}[.]?${SPACE}+)?${SPACE}*(${SIGN}?)${SPACE}*([0-9](?:[0-9.,'\u2019${GROUP_SPACES}]*[0-9])?)([\u2212-]?)${SPACE}*([^0-9()\\s.,'\u2019+\u2212-][^0-9()]*)?([)]?)$`
