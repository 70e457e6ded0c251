export function formatDuration(milliseconds: number): string;
export function formatAge(milliseconds: number): string;
