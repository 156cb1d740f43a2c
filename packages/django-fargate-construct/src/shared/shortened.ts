/**
 * A description that AWS takes: 255 characters at most, of which the middle is left out of a longer one. Construct paths can be
 * longer, and begin and end with what tells them apart.
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export function shortened(text: string): string {
  return text.length <= 255 ? text : `${text.slice(0, 100)}...${text.slice(-152)}`;
}
