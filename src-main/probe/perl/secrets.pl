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
# A static pod's manifest holds environments: of its lines only names leave the node, and what tells init from app. In YAML
# as people write it, in blocks; of anything else nothing is told.
sub outline {
  my ($top, $level, $group, $dash, $keys, $out) = ('', 0, '', -1, -1, "# podglass: outline of a static pod\n");
  for my $line (split /\n/, $_[0]) {
    $line =~ s/\s+\z//;
    my ($blank, $begins, $rest) = $line =~ /^( *)(-(?: +|\z))?(.*)/ or next;
    my $at = length $blank;
    next if !defined $begins && $rest =~ /^(?:#|\z)/;
    my ($key, $value) = $rest =~ /^([A-Za-z]+):(?: +(.*))?\z/ ? ($1, defined $2 ? $2 : '') : ('', '');
    $value =~ s/(?:^| +)#.*//;
    $value =~ s/^(["'])(.*)\1\z/$2/;
    my $plain = $value =~ /^[A-Za-z0-9._-]+\z/ && length $value < 254;
    if (!defined $begins && $at == 0) {
      ($top, $level, $group) = ($key =~ /^(?:metadata|spec)\z/ && $value eq '' ? $key : '', 0, '');
      $out .= "$top:\n" if $top ne '';
      next;
    }
    next if $top eq '';
    $level ||= $at;
    if (!defined $begins && $at == $level) {
      ($group, $dash) = ($top eq 'spec' && $key =~ /^(?:initContainers|containers)\z/ && $value eq '' ? $key : '', -1);
      $out .= "  $group:\n" if $group ne '';
      $out .= "  $key: $value\n" if $top eq 'metadata' && $plain && $key =~ /^(?:name|namespace)\z/;
      next;
    }
    next if $group eq '';
    if (defined $begins) {
      next if $dash >= 0 && $at != $dash;
      ($dash, $keys) = ($at, $rest eq '' ? -1 : $at + length $begins);
      $out .= "  -\n";
    } elsif ($keys < 0) { $keys = $at }
    elsif ($at != $keys) { next }
    $out .= "    $key: $value\n" if $plain && $key =~ /^(?:name|restartPolicy)\z/;
  }
  return $out;
}
