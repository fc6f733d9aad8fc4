ALTER TABLE users ADD COLUMN first_password_until TIMESTAMP WITH TIME ZONE;

UPDATE users SET first_password_until = given.at + interval '72 hours'
FROM (
    SELECT DISTINCT ON (user_id) user_id, what, at FROM people_changes
    WHERE what IN ('first_password', 'password_changed')
    ORDER BY user_id, seq DESC
) AS given
WHERE given.user_id = users.id AND given.what = 'first_password'
    AND users.must_change_password;
