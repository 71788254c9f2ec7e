# Environments and credentials are of no use to anyone here, and readings are sent around. Perl gives a group up after
# 65,535 repetitions (32,767 before 5.30; perlre), so nothing here repeats a group over a text that others can make long:
# values are walked with \G.
my $env_key = do {
  my ($e, $n, $v) = map { my $hex = $_->[1]; '(?i:' . $_->[0] . '|\\\\+u00' . $hex . ')' } ['e', '[46]5'], ['n', '[46]e'], ['v', '[57]6'];
  qr/(\\*)"$e$n$v\1"\s*:\s*/;
};
# From inside a string to behind its end; false where it has none.
sub skip_string { $_[0] =~ /\G(?:[^"\\]++|\\.){1,20000}+/gcs for 0 .. length($_[0]) / 20000; return $_[0] =~ /\G"/gc }
sub skip_value {
  my $depth = 0;
  while (1) {
    if ($_[0] =~ /\G"/gc) { return if !skip_string($_[0]) }
    elsif ($_[0] =~ /\G[\[{]/gc) { $depth++ }
    elsif ($_[0] =~ /\G[\]}]/gc) { $depth-- }
    elsif ($_[0] !~ /\G[^"\[\]{}]++/gc) { return }
    else { next if $depth > 0; return }
    return if $depth <= 0;
  }
}
# undef: it would still have one.
sub without_secrets {
  my ($path, $text) = @_;
  if ($text !~ /^\s*\{/ && $path !~ /\.json$/) {
    $text =~ s/^([^\S\n]*"?(?:password|auth|identitytoken|token|secret|username)"?[^\S\n]*[=:]).*$/$1 "left out"/gmi;
    return $text;
  }
  my ($out, $from) = ('', 0);
  pos($text) = 0;
  while ($text =~ /$env_key/g) {
    my $nested = $1 ne '';
    my $at = pos $text;
    my $first = substr $text, $at, 1;
    # An annotation that is JSON itself (what kubectl applied last, say) ends where the environment would begin.
    if ($nested) {
      $out .= substr $text, $from, $-[0] - $from;
      skip_string($text);
      $from = (pos($text) || length $text) - 1;
      next;
    }
    next if $first eq 'n';    # null
    if ($first !~ /["\[{]/) { $text =~ /\G[^,\]}\s]*/gc; $out .= substr($text, $from, $at - $from) . '""'; $from = pos $text; next }
    $out .= substr($text, $from, $at - $from) . ($first eq '{' ? '{}' : $first eq '[' ? '[]' : '""');
    skip_value($text);
    $from = defined pos $text ? pos $text : length $text;
  }
  $out .= substr $text, $from if $from < length $text;
  # Looked at again, by other means: what was written in a way that is not known here is not sent.
  (my $plain = $out) =~ s/\\+u00([4-7][0-9a-fA-F])/chr hex $1/ge;
  $plain =~ tr/\\//d;
  return $plain =~ /"env"\s*:\s*(?:\[\s*[^\]\s]|\{\s*[^}\s]|"[^"]|[^\s\[{"n])/i ? undef : $out;
}
