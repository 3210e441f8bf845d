/** query: runs a control step that reads rows, with the native engine. */
export { control as query } from './control.ts'
